namespace Pikku.Akka;

/// <summary>The connections of all nodes, by the id of their channel. Safe from any thread and from outside of any channel.</summary>
public interface IPikkuChannels
{
    /// <summary>
    /// Sends a message to one connection, wherever it is, in the form of <see cref="IPikkuChannel.Send{T}"/>. Delivery is at most once; one
    /// that has gone gets nothing, and nobody is told. Does not wait: when this returns, a connection of this node has the message in its
    /// outbox, and one of another node gets it as soon as it is there.
    /// </summary>
    /// <typeparam name="T">The type of the message.</typeparam>
    /// <param name="channelId">The connection, <see cref="IPikkuChannel.Id"/>.</param>
    /// <param name="message">The message.</param>
    /// <exception cref="EventHubException">
    /// The message can't be serialised, or is above <c>pikku.event-hub.max-event-size</c>; or its node does not take what it is sent, and
    /// <c>pikku.cluster.max-unacknowledged</c> is on its way there.
    /// </exception>
    void Send<T>(string channelId, T message);

    /// <summary>Closes one connection, wherever it is, once everything sent to it so far is out.</summary>
    /// <param name="channelId">The connection, <see cref="IPikkuChannel.Id"/>.</param>
    /// <param name="code">The close code.</param>
    /// <param name="reason">A text for the client, at most 123 bytes of UTF-8; longer ones are cut.</param>
    /// <exception cref="EventHubException">Its node does not take what it is sent, as for <see cref="Send{T}"/>.</exception>
    void Close(string channelId, CloseCode code = CloseCode.Normal, string reason = "");
}
