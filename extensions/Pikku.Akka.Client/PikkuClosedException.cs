namespace Pikku.Akka.Clients;

/// <summary>The route is closed, by the client or because a new attempt would fail too.</summary>
public sealed class PikkuClosedException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The server's reason for refusing the connection; null if it gave none or if the server did not close the route.</summary>
    public PikkuException? Refusal => InnerException as PikkuException;

    /// <summary>Each caller gets a new exception, because a shared one would have the stack trace of one caller.</summary>
    internal PikkuClosedException Copy() => new(Message, InnerException);
}
