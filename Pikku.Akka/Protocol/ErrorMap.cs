using System.Security.Cryptography;

namespace Pikku.Akka.Protocol;

/// <summary>Maps exceptions to the errors that clients receive (rules E2, E3).</summary>
/// <param name="registered">The exceptions that the application has registered; derived exceptions are mapped alike.</param>
/// <param name="detailed"><c>pikku.detailed-errors</c>: clients receive the text of exceptions.</param>
internal sealed class ErrorMap(IReadOnlyDictionary<Type, (string Name, int Status, string Message)> registered, bool detailed)
{
    public const string InternalName = "InternalServerError";
    public const string InternalMessage = "Internal server error";

    // 64 random bits: an id can't be guessed and does not collide, and it can still be read out on the telephone.
    private const int ErrorIdLength = 16;

    /// <summary>The error of an exception. It has an <see cref="ErrorInfo.ErrorId"/> if the exception is unexpected.</summary>
    public ErrorInfo For(Exception exception)
    {
        if (exception is ForwardedError forwarded)
            return forwarded.Info;
        // From the derived type to its bases. A registration for a Pikku error takes precedence over the error's own name; a registration for all
        // exceptions does not.
        for (var type = exception.GetType(); type is not null && type != typeof(PikkuException); type = type.BaseType)
        {
            if (registered.TryGetValue(type, out var known))
                return new ErrorInfo(known.Name, known.Status, MessageFor(known.Message, exception), Details: DetailsOf(exception));
        }

        return exception is PikkuException pikku
            ? new ErrorInfo(pikku.Name, pikku.Status, MessageFor(pikku.ClientMessage, exception), Details: DetailsOf(exception))
            : new ErrorInfo(InternalName, 500, MessageFor(InternalMessage, exception), RandomNumberGenerator.GetHexString(ErrorIdLength, true));
    }

    private static IReadOnlyList<InputProblem>? DetailsOf(Exception exception) => (exception as UnprocessableContentError)?.Details;

    private string MessageFor(string message, Exception exception) => detailed ? exception.Message : message;
}
