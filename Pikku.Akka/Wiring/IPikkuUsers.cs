namespace Pikku.Akka;

/// <summary>Users, wherever they are connected. Safe from any thread and from outside of any channel.</summary>
public interface IPikkuUsers
{
    /// <summary>
    /// Sends a message to the connections whose session is that of the user, on all nodes, in the form of
    /// <see cref="IPikkuChannel.Send{T}"/>. Delivery is at most once. When the task completes, connections of this node have it in their
    /// outboxes; those of other nodes get it as soon as it is there. It waits for none of them.
    /// </summary>
    /// <remarks>
    /// It reaches the connections of the channels that declare <typeparamref name="T"/> by <see cref="ChannelBuilder.Sends{T}"/>. If no channel does, it
    /// reaches those of the channels that declare no messages at all, and if there is no such channel either, it is refused. Bytes reach all of them.
    /// </remarks>
    /// <typeparam name="T">The type of the message, as it is declared.</typeparam>
    /// <param name="userId">The user, <see cref="IPikkuSession.UserId"/>.</param>
    /// <param name="message">The message.</param>
    /// <exception cref="EventHubException">The message can't be serialised, or is above <c>pikku.event-hub.max-event-size</c>.</exception>
    /// <exception cref="InvalidOperationException">Every channel declares what its clients are sent, and none declares this type.</exception>
    ValueTask Send<T>(string userId, T message);

    /// <summary>
    /// Ends the user's sessions: the stored one is removed, and the user's connections on all nodes are closed or go on without a session, as
    /// <c>pikku.session.on-revoke</c> says. In force on all nodes when the task completes.
    /// </summary>
    /// <param name="userId">The user.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">A node did not answer within <c>pikku.cluster.request-timeout</c>; on the others it is in force.</exception>
    ValueTask Revoke(string userId, CancellationToken cancellationToken = default);
}
