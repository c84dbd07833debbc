namespace Pikku.Akka;

/// <summary>One connection, as the application sees it. All members are safe from any thread and after the end of the connection.</summary>
public interface IPikkuChannel
{
    /// <summary>The id of this connection, unique across the cluster.</summary>
    string Id { get; }

    /// <summary>The name of the channel of this connection.</summary>
    string Name { get; }

    /// <summary>False once the connection is closing or closed; messages sent after that are dropped.</summary>
    bool IsOpen { get; }

    /// <summary>The services with the lifetime of the connection.</summary>
    IServiceProvider Services { get; }

    /// <summary>Canceled when the connection has ended.</summary>
    CancellationToken Closed { get; }

    /// <summary>The path parameters and the query of the upgrade request.</summary>
    /// <typeparam name="T">The type that was declared with <see cref="ChannelBuilder.Route{TOpening}"/>.</typeparam>
    /// <exception cref="InvalidCastException">The channel declares another type, or none.</exception>
    T GetOpeningData<T>();

    /// <summary>
    /// Sends a message: a string as raw text, bytes as a binary message, anything else as JSON. The method encodes the message before it returns,
    /// unless channel middleware processes it, and puts it into the outbox of the connection, which <c>pikku.outbox.max-size</c> bounds. It never waits:
    /// if the outbox is full because the client reads too slowly, the connection is closed with 1013 and further messages are dropped.
    /// </summary>
    /// <typeparam name="T">The type of the message.</typeparam>
    /// <param name="message">The message.</param>
    /// <returns>
    /// True if the outbox, or the queue in front of the channel middleware, accepted the message. False if the connection is closing or closed, if
    /// there was no room, or, in a function that runs on another node than its connection, if too much is on its way to that node.
    /// </returns>
    /// <exception cref="NotSupportedException">The message can't be serialized.</exception>
    /// <exception cref="InvalidOperationException">The channel declares its messages with <see cref="ChannelBuilder.AddClientMessage{T}()"/>, and this type is not among them.</exception>
    bool TrySend<T>(T message);

    /// <summary>
    /// Sends a message like <see cref="TrySend{T}"/>, but waits until the outbox has room for it. Use it to send more than the outbox holds. Waiting
    /// calls are served in order. The task completes when the outbox has accepted the message or channel middleware has dropped it, which does not
    /// mean that the client has received it. In a function that runs on another node than its connection (<c>pikku.function.placement</c>) the method
    /// does not wait: the task completes when the message is on its way to the node of the connection, whose outbox accepts it like
    /// <see cref="TrySend{T}"/>.
    /// </summary>
    /// <typeparam name="T">The type of the message.</typeparam>
    /// <param name="message">The message. While it waits it is kept in its encoded form, unless channel middleware processes it.</param>
    /// <param name="cancellationToken">Ends the wait, and the message is not sent. It has no effect on a message that did not have to wait.</param>
    /// <exception cref="NotSupportedException">The message can't be serialized.</exception>
    /// <exception cref="InvalidOperationException">The channel declares its messages with <see cref="ChannelBuilder.AddClientMessage{T}()"/>, and this type is not among them.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled, or the connection began to close before the outbox accepted the message.</exception>
    /// <exception cref="ServiceUnavailableError"><c>pikku.outbox.max-waiting</c> calls are already waiting. Thrown by the method, not by the task.</exception>
    ValueTask SendAsync<T>(T message, CancellationToken cancellationToken = default);

    /// <summary>
    /// Calls a function that the client exposes and waits for its result.
    /// </summary>
    /// <typeparam name="TIn">The type of the argument.</typeparam>
    /// <typeparam name="TOut">The type of the result.</typeparam>
    /// <param name="function">The function.</param>
    /// <param name="data">The argument; null sends no argument.</param>
    /// <param name="cancellationToken">Ends the wait; the client is not notified.</param>
    /// <exception cref="ClientCallException">The client did not answer in time or answered with an error, the connection was closed, or the result is not a <typeparamref name="TOut"/>.</exception>
    /// <exception cref="InvalidOperationException">The channel declares a function of this name with other types.</exception>
    ValueTask<TOut?> InvokeAsync<TIn, TOut>(ClientFunction<TIn, TOut> function, TIn? data, CancellationToken cancellationToken = default);

    /// <summary>Returns the value that <see cref="SetState{T}"/> stored, or the default of <typeparamref name="T"/>.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <exception cref="InvalidCastException">The stored value has another type.</exception>
    T? GetState<T>();

    /// <summary>Stores a value with the connection and replaces the previous one.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="state">The value.</param>
    void SetState<T>(T state);

    /// <summary>Removes the value that <see cref="SetState{T}"/> stored.</summary>
    void ClearState();

    /// <summary>Closes the connection after everything sent so far has been written. Messages sent later are dropped.</summary>
    /// <param name="code">The close code.</param>
    /// <param name="reason">A text for the client of at most 123 bytes of UTF-8; longer texts are cut.</param>
    void Close(CloseCode code = CloseCode.Normal, string reason = "");
}
