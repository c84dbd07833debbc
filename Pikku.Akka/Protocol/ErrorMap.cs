using System.Security.Cryptography;

namespace Pikku.Akka.Protocol;

/// <summary>Exception → what the client is told (contract E2, E3).</summary>
/// <param name="registered">Exceptions that the application has registered; those derived from them are told as the same.</param>
/// <param name="detailed"><c>pikku.detailed-errors</c>: clients get the text that was thrown.</param>
internal sealed class ErrorMap(IReadOnlyDictionary<Type, (string Name, int Status, string Message)> registered, bool detailed)
{
    public const string InternalName = "InternalServerError";
    public const string InternalMessage = "Internal server error";

    // 64 random bits: nobody guesses or meets another's by chance, and it can still be read out on the telephone.
    private const int ErrorIdLength = 16;

    /// <summary>The error of an exception. It has an <see cref="ErrorInfo.ErrorId"/> when the client can't know what happened.</summary>
    public ErrorInfo For(Exception exception)
    {
        if (exception is ForwardedError forwarded)
            return forwarded.Info;
        // From the special to the general. What is registered for a Pikku error counts; what is registered for all exceptions does not
        // hide the name that a Pikku error has of itself.
        for (var type = exception.GetType(); type is not null && type != typeof(PikkuException); type = type.BaseType)
        {
            if (registered.TryGetValue(type, out var known))
                return new ErrorInfo(known.Name, known.Status, Told(known.Message, exception), Details: DetailsOf(exception));
        }

        return exception is PikkuException pikku
            ? new ErrorInfo(pikku.Name, pikku.Status, Told(pikku.ClientMessage, exception), Details: DetailsOf(exception))
            : new ErrorInfo(InternalName, 500, Told(InternalMessage, exception), RandomNumberGenerator.GetHexString(ErrorIdLength, true));
    }

    private static IReadOnlyList<ErrorDetail>? DetailsOf(Exception exception) => (exception as UnprocessableContentError)?.Details;

    private string Told(string message, Exception exception) => detailed ? exception.Message : message;
}
