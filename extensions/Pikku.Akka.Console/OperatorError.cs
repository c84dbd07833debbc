namespace Pikku.Akka.OperatorConsole;

/// <summary>An error whose reason the operator sees. Clients of the application are told less.</summary>
internal sealed class OperatorError : PikkuException
{
    private OperatorError(string name, int status, string reason, Exception? innerException = null) : base(name, status, reason, reason, innerException)
    {
    }

    /// <summary>The error for something that does not exist.</summary>
    public static OperatorError NotFound(string reason) => new(nameof(NotFoundError), 404, reason);

    /// <summary>The error for an exception; null when it is none that an operator should see, or says enough by itself.</summary>
    public static OperatorError? Of(Exception exception) => exception switch
    {
        UnprocessableContentError => null, // its details say what is wrong
        EventHubException refused => new OperatorError(nameof(EventHubException), refused.Status, refused.Message, refused),
        TimeoutException late => new OperatorError(nameof(TimeoutException), 504, late.Message, late),
        PikkuException error => new OperatorError(error.Name, error.Status, error.Message, error),
        _ => null,
    };
}
