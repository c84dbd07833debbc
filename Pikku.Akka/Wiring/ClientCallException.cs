namespace Pikku.Akka;

/// <summary>
/// A call of a client function failed. If the calling function does not handle the exception, its own client receives
/// <see cref="ClientCallError"/>, 424.
/// </summary>
/// <param name="reason">The reason.</param>
/// <param name="remoteName">The client's name of its error, when <paramref name="reason"/> is <see cref="ClientCallErrorReason.Remote"/> or <see cref="ClientCallErrorReason.NotExposed"/>.</param>
/// <param name="message">The client's message, or a description of the failure.</param>
/// <param name="innerException">What caused it.</param>
public sealed class ClientCallException(ClientCallErrorReason reason, string remoteName, string message, Exception? innerException = null)
    : ClientCallError(message, innerException)
{
    // Clients of Pikku know this name.
    internal const string UnnamedError = "ChannelRpcError";

    // The answer of a client that does not expose the function (L1).
    internal const string NotExposedError = "RPCNotFoundError";

    /// <summary>The reason.</summary>
    public ClientCallErrorReason Reason { get; } = reason;

    /// <summary>
    /// The client's name of its error, such as <c>RPCNotFoundError</c> when it does not expose the function; otherwise <c>ChannelRpcError</c>.
    /// </summary>
    public string ErrorName { get; } = remoteName;
}
