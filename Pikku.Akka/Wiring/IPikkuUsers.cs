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
    /// The message reaches the connections of channels that declare <typeparamref name="T"/> with <see cref="ChannelBuilder.AddClientMessage{T}()"/>, or send it as the
    /// result of <c>onConnect</c>. Bytes and untyped JSON, such as <see cref="System.Text.Json.JsonElement"/>, reach all channels.
    /// </remarks>
    /// <typeparam name="T">The declared type of the message.</typeparam>
    /// <param name="userId">The user, <see cref="IPikkuSession.UserId"/>.</param>
    /// <param name="message">The message.</param>
    /// <exception cref="EventHubException">The message can't be serialized or is above <c>pikku.event-hub.max-event-size</c>.</exception>
    /// <exception cref="InvalidOperationException">No channel declares this type.</exception>
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
    /// Calls a function that the user's clients expose. All connections of the user on all nodes receive the call, of those channels that declare the function with
    /// <see cref="ChannelBuilder.AddClientFunction{TInput, TOutput}"/>, or of all channels if none declares it. The first answer counts; the others are dropped.
    /// </summary>
    /// <typeparam name="TInput">The type of the argument.</typeparam>
    /// <typeparam name="TOutput">The type of the result.</typeparam>
    /// <param name="userId">The user.</param>
    /// <param name="function">The function.</param>
    /// <param name="input">The argument; null for none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The answer of the first client that answers; the default of <typeparamref name="TOutput"/> when it has none.</returns>
    /// <exception cref="ClientCallException">
    /// A client answered with an error (<see cref="ClientCallErrorReason.Remote"/>), or none answered: the user has no connection
    /// (<see cref="ClientCallErrorReason.Closed"/>), no client exposes the function (<see cref="ClientCallErrorReason.NotExposed"/>), or no client answered in time.
    /// </exception>
    /// <exception cref="InvalidOperationException">Channels declare the function, and none declares it with these types.</exception>
    ValueTask<TOutput?> InvokeAsync<TInput, TOutput>(
        string userId, ClientFunction<TInput, TOutput> function, TInput? input, CancellationToken cancellationToken = default);

    /// <summary>
    /// Asks the permissions of the user's connections on all nodes again: those of their channels and of the subscriptions that their clients have made. A
    /// subscription that is denied now ends, and its client is told; a connection whose channel is denied is closed with 4403. Change the data first that the
    /// permissions read. No event that is published after the task has completed, on any node, reaches a subscription that it ended.
    /// </summary>
    /// <param name="userId">The user.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">A node did not answer within <c>pikku.cluster.request-timeout</c>; the call has taken effect on the other nodes.</exception>
    ValueTask RefreshAsync(string userId, CancellationToken cancellationToken = default);

    /// <summary>
    /// Ends the subscriptions of the user's connections on all nodes to a topic, those of clients and those that functions have made. Clients are told. A client may
    /// subscribe again if the permissions of the topic allow it.
    /// </summary>
    /// <typeparam name="TEvent">The type of the events.</typeparam>
    /// <param name="userId">The user.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">A node did not answer within <c>pikku.cluster.request-timeout</c>; the call has taken effect on the other nodes.</exception>
    ValueTask UnsubscribeAsync<TEvent>(string userId, Topic<TEvent> topic, CancellationToken cancellationToken = default);

    /// <summary>
    /// Closes the user's connections on all nodes with <see cref="CloseCode.PolicyViolation"/>, after everything sent to them so far has been written. It does not end
    /// the session of the user (<see cref="RevokeAsync"/>), so clients may connect again, unless the reason ends with <c>retry=never</c>.
    /// </summary>
    /// <param name="userId">The user.</param>
    /// <param name="channel">The name of the channel; null for all channels.</param>
    /// <param name="reason">A text for the client of at most 123 bytes of UTF-8; longer texts are cut.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">There is no such channel.</exception>
    /// <exception cref="TimeoutException">A node did not answer within <c>pikku.cluster.request-timeout</c>; the call has taken effect on the other nodes.</exception>
    ValueTask DisconnectAsync(string userId, string? channel = null, string reason = "disconnected", CancellationToken cancellationToken = default);

    /// <summary>Returns the open connections of the user on all nodes.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">A node did not answer within <c>pikku.cluster.request-timeout</c>.</exception>
    ValueTask<IReadOnlyList<UserChannel>> GetChannelsAsync(string userId, CancellationToken cancellationToken = default);
}
