namespace Pikku.Akka;

/// <summary>A function that needs a session. Services are injected through the constructor; each call creates one object.</summary>
/// <typeparam name="TIn">The type of the input; <see cref="NoData"/> without one.</typeparam>
/// <typeparam name="TOut">The type of the result.</typeparam>
public abstract class PikkuFunc<TIn, TOut> : IPikkuFunction<TIn, TOut>
{
    /// <summary>Runs after all gates have allowed the call.</summary>
    /// <param name="input">The input, complete and valid.</param>
    /// <param name="context">The connection, the session and the hub.</param>
    /// <param name="cancellationToken">Canceled when the connection ends or the deadline of the call passes (<c>pikku.function.timeout</c>).</param>
    public abstract ValueTask<TOut> RunAsync(TIn input, PikkuContext context, CancellationToken cancellationToken);
}

/// <summary>A function that needs a session and replies with an acknowledgement.</summary>
/// <typeparam name="TIn">The type of the input; <see cref="NoData"/> without one.</typeparam>
public abstract class PikkuFunc<TIn> : IPikkuFunction<TIn, NoData>
{
    /// <inheritdoc cref="PikkuFunc{TIn, TOut}.RunAsync"/>
    public abstract ValueTask RunAsync(TIn input, PikkuContext context, CancellationToken cancellationToken);

    async ValueTask<NoData> IPikkuFunction<TIn, NoData>.RunAsync(TIn input, PikkuContext context, CancellationToken cancellationToken)
    {
        await RunAsync(input, context, cancellationToken).ConfigureAwait(false);
        return default;
    }
}

/// <summary>A function that clients may call without a session, if the wiring allows it.</summary>
/// <typeparam name="TIn">The type of the input; <see cref="NoData"/> without one.</typeparam>
/// <typeparam name="TOut">The type of the result.</typeparam>
public abstract class PikkuSessionlessFunc<TIn, TOut> : IPikkuFunction<TIn, TOut>, ISessionless
{
    /// <inheritdoc cref="PikkuFunc{TIn, TOut}.RunAsync"/>
    public abstract ValueTask<TOut> RunAsync(TIn input, PikkuContext context, CancellationToken cancellationToken);
}

/// <summary>A function that clients may call without a session and that replies with an acknowledgement.</summary>
/// <typeparam name="TIn">The type of the input; <see cref="NoData"/> without one.</typeparam>
public abstract class PikkuSessionlessFunc<TIn> : IPikkuFunction<TIn, NoData>, ISessionless
{
    /// <inheritdoc cref="PikkuFunc{TIn, TOut}.RunAsync"/>
    public abstract ValueTask RunAsync(TIn input, PikkuContext context, CancellationToken cancellationToken);

    async ValueTask<NoData> IPikkuFunction<TIn, NoData>.RunAsync(TIn input, PikkuContext context, CancellationToken cancellationToken)
    {
        await RunAsync(input, context, cancellationToken).ConfigureAwait(false);
        return default;
    }
}

internal interface IPikkuFunction<in TIn, TOut>
{
    ValueTask<TOut> RunAsync(TIn input, PikkuContext context, CancellationToken cancellationToken);
}

internal interface ISessionless;
