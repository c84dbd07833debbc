namespace Pikku.Akka;

/// <summary>
/// An error with a public part. The client receives <see cref="Name"/>, <see cref="Status"/> and
/// <see cref="ClientMessage"/>; the text of the exception (<see cref="Exception.Message"/>) is only logged unless
/// <c>pikku.detailed-errors</c> is on.
/// </summary>
/// <remarks>
/// Derive from this class to add an error, or register another exception type with
/// <see cref="PikkuBuilder.AddError{TException}(string, int, string)"/>.
/// </remarks>
/// <param name="name">The name that the client receives, such as <c>NotFoundError</c>.</param>
/// <param name="status">The corresponding HTTP status.</param>
/// <param name="clientMessage">The message that the client receives.</param>
/// <param name="message">The text for the log; <paramref name="clientMessage"/> by default.</param>
/// <param name="innerException">What caused it.</param>
public abstract class PikkuException(
    string name, int status, string clientMessage, string? message = null, Exception? innerException = null)
    : Exception(message ?? clientMessage, innerException)
{
    /// <summary>The name that the client receives.</summary>
    public string Name { get; } = name;

    /// <summary>The corresponding HTTP status: 400 to 599.</summary>
    public int Status { get; } = status;

    /// <summary>The message that the client receives, regardless of the text of the exception.</summary>
    public string ClientMessage { get; } = clientMessage;
}
