namespace Pikku.Akka;

/// <summary>One connection, as the application sees it. Every member may be called from any thread, also after the connection has gone.</summary>
public interface IPikkuChannel
{
    /// <summary>The id of this connection, unique across the cluster.</summary>
    string Id { get; }

    /// <summary>The name of the channel that it is connected to.</summary>
    string Name { get; }

    /// <summary>False once the connection is closing or closed; what is sent then is dropped.</summary>
    bool IsOpen { get; }

    /// <summary>The services that live as long as the connection.</summary>
    IServiceProvider Services { get; }

    /// <summary>Fires when the connection has gone.</summary>
    CancellationToken Closed { get; }

    /// <summary>Path parameters and query of the upgrade.</summary>
    /// <typeparam name="T">The type that was declared with <see cref="ChannelBuilder.OpeningData{T}"/>.</typeparam>
    /// <exception cref="InvalidCastException">The channel declares another type, or none.</exception>
    T OpeningData<T>();

    /// <summary>
    /// Sends a message: a string as raw text, bytes as a binary frame, anything else as JSON. It is encoded before this returns, unless
    /// channel middleware is to see it, and waits in the outbox of the connection, which <c>pikku.outbox.max-size</c> bounds. Never waits:
    /// who sends more than that faster than the client takes it ends the connection with 1013, and what is sent then is dropped.
    /// </summary>
    /// <typeparam name="T">The type of the message.</typeparam>
    /// <param name="message">The message.</param>
    /// <exception cref="NotSupportedException">The message can't be serialised.</exception>
    void Send<T>(T message);

    /// <summary>
    /// As <see cref="Send{T}"/>, but waits until there is room for the message: for functions that send more than the outbox holds. Those
    /// that wait are served in the order of their calls. Completes when the outbox has taken the message, or channel middleware has dropped
    /// it; that the client has got it is not said. In a function that runs on another node than its connection
    /// (<c>pikku.function.placement</c>) it does not wait: it completes when the message is on its way to the node of the connection, whose
    /// outbox takes it as <see cref="Send{T}"/> does.
    /// </summary>
    /// <typeparam name="T">The type of the message.</typeparam>
    /// <param name="message">The message. When it waits it is kept in its encoded form, unless channel middleware is to see it.</param>
    /// <param name="cancellationToken">Ends the wait: the message is not sent. Has no effect on one for which there was room.</param>
    /// <exception cref="NotSupportedException">The message can't be serialised.</exception>
    /// <exception cref="OperationCanceledException">The token fired, or the connection began to close before the message was taken.</exception>
    /// <exception cref="ServiceUnavailableError"><c>pikku.outbox.max-waiting</c> calls wait already; thrown at once, not by the task.</exception>
    ValueTask SendAsync<T>(T message, CancellationToken cancellationToken = default);

    /// <summary>
    /// Calls a function that the client exposes and waits for its answer.
    /// </summary>
    /// <typeparam name="TIn">The type of the argument.</typeparam>
    /// <typeparam name="TOut">The type of the answer.</typeparam>
    /// <param name="function">The name under which the client exposes it.</param>
    /// <param name="data">The argument; null sends none.</param>
    /// <param name="cancellationToken">Ends the wait; the client is not told.</param>
    /// <exception cref="ChannelRpcException">No answer in time, an error as the answer, the connection has gone, or the answer is not a <typeparamref name="TOut"/>.</exception>
    ValueTask<TOut?> Remote<TIn, TOut>(string function, TIn? data, CancellationToken cancellationToken = default);

    /// <summary>What <see cref="SetState{T}"/> kept; the default of <typeparamref name="T"/> when nothing is kept.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <exception cref="InvalidCastException">Something of another type is kept.</exception>
    T? GetState<T>();

    /// <summary>Keeps a value with the connection, in place of the one that is there.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="state">The value.</param>
    void SetState<T>(T state);

    /// <summary>Forgets what <see cref="SetState{T}"/> kept.</summary>
    void ClearState();

    /// <summary>Closes the connection once everything sent so far is out. What is sent afterwards is dropped.</summary>
    /// <param name="code">The close code.</param>
    /// <param name="reason">A text for the client, at most 123 bytes of UTF-8; longer ones are cut.</param>
    void Close(CloseCode code = CloseCode.Normal, string reason = "");
}
