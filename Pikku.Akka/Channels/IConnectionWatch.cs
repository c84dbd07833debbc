using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

/// <summary>
/// Watches the messages of one connection for an operator. A connection that nobody watches has none, so a message costs no more than the look at a field. The methods are
/// called in the order in which things happen to the connection: those about received messages by its actor or the runner of a turn, those about sent messages by its
/// transport. They must not block.
/// </summary>
internal interface IConnectionWatch
{
    /// <summary>A message of the client has arrived. Its payload may be read only during the call.</summary>
    void Received(ClientMessage message);

    /// <summary>A message of the client was handled without its turn, or dropped.</summary>
    /// <param name="message">The message.</param>
    /// <param name="how">What happened to it.</param>
    void Skipped(ClientMessage message, string how);

    /// <summary>A message has failed with an error that was counted and logged. <see cref="Completed"/> follows.</summary>
    void Failed(InboundMessage message, in ErrorInfo info);

    /// <summary>A message is complete, or its stream has begun.</summary>
    void Completed(InboundMessage message);

    /// <summary>The stream of a message has ended.</summary>
    void StreamEnded(InboundMessage message);

    /// <summary>The transport has taken messages for the client.</summary>
    /// <param name="messages">A list of messages.</param>
    /// <param name="first">The index of the first of them.</param>
    void Sent(List<EncodedMessage> messages, int first);

    /// <summary>The connection ends.</summary>
    /// <param name="code">The close code of the client; 1006 when the client has disappeared.</param>
    /// <param name="isByClient">True when the client has closed it, or has disappeared.</param>
    void Ended(int code, bool isByClient);
}
