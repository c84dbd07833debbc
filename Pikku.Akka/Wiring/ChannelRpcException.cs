namespace Pikku.Akka;

/// <summary>
/// A call of a function of the client did not bring an answer. When a function lets it pass, its own client is answered with
/// <see cref="ClientCallError"/>, 424.
/// </summary>
/// <param name="reason">Why.</param>
/// <param name="remoteName">The client's name for its error, when <paramref name="reason"/> is <see cref="ChannelRpcError.Remote"/>.</param>
/// <param name="message">The client's message, or what happened.</param>
/// <param name="innerException">What caused it.</param>
public sealed class ChannelRpcException(ChannelRpcError reason, string remoteName, string message, Exception? innerException = null)
    : ClientCallError(message, innerException)
{
    /// <summary>Why.</summary>
    public ChannelRpcError Reason { get; } = reason;

    /// <summary>
    /// The client's name for its error, such as <c>RPCNotFoundError</c> when it does not expose the function; otherwise <c>ChannelRpcError</c>.
    /// </summary>
    public string RemoteName { get; } = remoteName;
}
