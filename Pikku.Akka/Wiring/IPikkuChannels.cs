namespace Pikku.Akka;

/// <summary>The connections of all nodes by id. Safe from any thread and outside of channels.</summary>
public interface IPikkuChannels
{
    /// <summary>
    /// Sends a message to one connection on any node, in the form of <see cref="IPikkuChannel.TrySend{T}"/>. Delivery is at most once; a message to a
    /// connection that has ended is dropped without an error. The method does not wait: when it returns, a connection of this node has the message in
    /// its outbox, and a connection of another node receives it as soon as the message arrives there.
    /// </summary>
    /// <typeparam name="T">The type of the message.</typeparam>
    /// <param name="channelId">The connection, <see cref="IPikkuChannel.Id"/>.</param>
    /// <param name="message">The message.</param>
    /// <exception cref="EventHubException">
    /// The message can't be serialized or is above <c>pikku.event-hub.max-event-size</c>; or the node of the connection does not acknowledge messages and
    /// <c>pikku.cluster.max-unacknowledged</c> is reached.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// The channel of the connection declares its messages with <see cref="ChannelBuilder.AddClientMessage{T}()"/>, and this type is not among them. For a
    /// connection of another node, this node knows only whether any channel accepts the type; if the channel of the connection does not, the other node
    /// drops the message, and logs and counts it.
    /// </exception>
    ValueTask SendAsync<T>(string channelId, T message);

    /// <summary>Calls a function that the client of one connection on any node exposes, and waits for its result.</summary>
    /// <typeparam name="TInput">The type of the argument.</typeparam>
    /// <typeparam name="TOutput">The type of the result.</typeparam>
    /// <param name="channelId">The connection, <see cref="IPikkuChannel.Id"/>.</param>
    /// <param name="function">The function.</param>
    /// <param name="input">The argument; null for none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The client's answer; the default of <typeparamref name="TOutput"/> when it has none.</returns>
    /// <exception cref="ClientCallException">
    /// The call failed, as for <see cref="IPikkuChannel.InvokeAsync{TIn, TOut}"/>; or there is no such connection (<see cref="ClientCallErrorReason.Closed"/>), or the
    /// argument or the answer does not fit into a message between nodes (<see cref="ClientCallErrorReason.Invalid"/>).
    /// </exception>
    /// <exception cref="InvalidOperationException">Channels declare the function, and none declares it with these types.</exception>
    ValueTask<TOutput?> InvokeAsync<TInput, TOutput>(
        string channelId, ClientFunction<TInput, TOutput> function, TInput? input, CancellationToken cancellationToken = default);

    /// <summary>Closes one connection on any node after everything sent to it so far has been written.</summary>
    /// <param name="channelId">The connection, <see cref="IPikkuChannel.Id"/>.</param>
    /// <param name="code">The close code.</param>
    /// <param name="reason">A text for the client of at most 123 bytes of UTF-8; longer texts are cut.</param>
    /// <exception cref="EventHubException">The node of the connection does not acknowledge messages, as for <see cref="SendAsync{T}"/>.</exception>
    ValueTask CloseAsync(string channelId, CloseCode code = CloseCode.Normal, string reason = "");
}
