namespace Pikku.Akka;

/// <summary>Users and all of their connections. Safe from any thread and outside of channels.</summary>
public interface IPikkuUsers
{
    /// <summary>
    /// Sends a message to all connections of the user's sessions on all nodes, in the form of <see cref="IPikkuChannel.TrySend{T}"/>. Delivery is at
    /// most once. When the task completes, connections of this node have the message in their outboxes; connections of other nodes receive it as soon
    /// as it arrives there. The task does not wait for them.
    /// </summary>
    /// <remarks>
    /// The message reaches the connections of channels that declare <typeparamref name="T"/> with <see cref="ChannelBuilder.AddClientMessage{T}"/>. If no channel
    /// declares it, it reaches the channels that declare no messages at all; if there is no such channel, the call is refused. Bytes and untyped JSON, such as
    /// <see cref="System.Text.Json.JsonElement"/>, reach all channels.
    /// </remarks>
    /// <typeparam name="T">The declared type of the message.</typeparam>
    /// <param name="userId">The user, <see cref="IPikkuSession.UserId"/>.</param>
    /// <param name="message">The message.</param>
    /// <exception cref="EventHubException">The message can't be serialized or is above <c>pikku.event-hub.max-event-size</c>.</exception>
    /// <exception cref="InvalidOperationException">Every channel declares its messages, and none declares this type.</exception>
    ValueTask SendAsync<T>(string userId, T message);

    /// <summary>
    /// Ends the user's sessions: removes the stored session, and closes the user's connections on all nodes or lets them continue without a session,
    /// according to <c>pikku.session.on-revoke</c>. It takes effect on all nodes when the task completes.
    /// </summary>
    /// <param name="userId">The user.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">A node did not answer within <c>pikku.cluster.request-timeout</c>; the call has taken effect on the other nodes.</exception>
    ValueTask RevokeAsync(string userId, CancellationToken cancellationToken = default);

    /// <summary>
    /// Asks the permissions of the user's subscriptions again, after the data that they depend on has changed. Subscriptions that are denied now end, and their
    /// clients receive the reason. When the task completes, no event that is published later reaches a subscription that it ended.
    /// </summary>
    /// <param name="userId">The user.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask RefreshAsync(string userId, CancellationToken cancellationToken = default);
}
