using System.Security.Cryptography;

namespace Pikku.Akka.Protocol;

/// <summary>Decides what a client is told of an exception: what is registered for it, and of any other nothing but an id (E2, E3).</summary>
/// <param name="registered">Foreign exceptions that the application registered.</param>
/// <param name="detailed">True to send the text that was thrown: for development.</param>
internal sealed class ErrorMap(IReadOnlyDictionary<Type, (string Name, int Status, string Message)> registered, bool detailed)
{
    public const string InternalName = "InternalServerError";
    private const string InternalMessage = "Internal server error";
    private const int ErrorIdBytes = 8;

    public ErrorInfo For(Exception error)
    {
        if (error is PikkuException known)
            return new ErrorInfo(
                known.Name, known.Status, detailed ? known.Message : known.ClientMessage, null, (known as UnprocessableContentError)?.Details);
        for (var type = error.GetType(); type is not null; type = type.BaseType)
            if (registered.TryGetValue(type, out var entry))
                return new ErrorInfo(entry.Name, entry.Status, detailed ? error.Message : entry.Message, null, null);
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(ErrorIdBytes));
        return new ErrorInfo(InternalName, 500, detailed ? error.Message : InternalMessage, id, null);
    }
}
