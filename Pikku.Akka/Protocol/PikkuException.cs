namespace Pikku.Akka;

/// <summary>
/// An error that a client may be told about. What the client gets is <see cref="Name"/>, <see cref="Status"/> and
/// <see cref="ClientMessage"/>; the text that was thrown (<see cref="Exception.Message"/>) stays in the log unless
/// <c>pikku.detailed-errors</c> is on.
/// </summary>
/// <remarks>
/// The set is open: derive from this class, or register a foreign exception with
/// <see cref="PikkuBuilder.AddError{TException}"/>.
/// </remarks>
/// <param name="name">The name that the client gets, such as <c>NotFoundError</c>.</param>
/// <param name="status">The HTTP status that says the same.</param>
/// <param name="clientMessage">The message that the client gets.</param>
/// <param name="message">The text for the log; <paramref name="clientMessage"/> when left out.</param>
/// <param name="innerException">What caused it.</param>
public abstract class PikkuException(
    string name, int status, string clientMessage, string? message = null, Exception? innerException = null)
    : Exception(message ?? clientMessage, innerException)
{
    /// <summary>The name that the client gets.</summary>
    public string Name { get; } = name;

    /// <summary>The HTTP status that says the same: 400 to 599.</summary>
    public int Status { get; } = status;

    /// <summary>The message that the client gets, whatever text was thrown.</summary>
    public string ClientMessage { get; } = clientMessage;
}
