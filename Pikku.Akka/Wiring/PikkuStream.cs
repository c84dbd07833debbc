namespace Pikku.Akka;

/// <summary>
/// A function that needs a session and replies with a stream of items. Services are injected through the constructor; each call creates one object. The next
/// item is requested when the connection has room for it.
/// </summary>
/// <typeparam name="TIn">The type of the input; <see cref="NoData"/> without one.</typeparam>
/// <typeparam name="TItem">The type of the items.</typeparam>
public abstract class PikkuStream<TIn, TItem> : IPikkuFunction<TIn, IAsyncEnumerable<TItem>>
{
    /// <summary>Runs after all gates have allowed the call. The services of the call exist until the returned stream has been disposed of.</summary>
    /// <param name="input">The input, complete and valid.</param>
    /// <param name="context">The connection, the session and the hub.</param>
    /// <param name="cancellationToken">
    /// Canceled when the connection ends, the client cancels the stream, or no first item comes before the deadline of the call (<c>pikku.function.timeout</c>).
    /// </param>
    public abstract IAsyncEnumerable<TItem> RunAsync(TIn input, PikkuContext context, CancellationToken cancellationToken);

    ValueTask<IAsyncEnumerable<TItem>> IPikkuFunction<TIn, IAsyncEnumerable<TItem>>.RunAsync(
        TIn input, PikkuContext context, CancellationToken cancellationToken) => new(RunAsync(input, context, cancellationToken));
}

/// <summary>A function that replies with a stream of items and that clients may call without a session, if the wiring allows it.</summary>
/// <typeparam name="TIn">The type of the input; <see cref="NoData"/> without one.</typeparam>
/// <typeparam name="TItem">The type of the items.</typeparam>
public abstract class PikkuSessionlessStream<TIn, TItem> : IPikkuFunction<TIn, IAsyncEnumerable<TItem>>, ISessionless
{
    /// <inheritdoc cref="PikkuStream{TIn, TItem}.RunAsync"/>
    public abstract IAsyncEnumerable<TItem> RunAsync(TIn input, PikkuContext context, CancellationToken cancellationToken);

    ValueTask<IAsyncEnumerable<TItem>> IPikkuFunction<TIn, IAsyncEnumerable<TItem>>.RunAsync(
        TIn input, PikkuContext context, CancellationToken cancellationToken) => new(RunAsync(input, context, cancellationToken));
}
