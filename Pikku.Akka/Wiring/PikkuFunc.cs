namespace Pikku.Akka;

/// <summary>A function that needs a session. Services come through the constructor; one object per call.</summary>
/// <typeparam name="TIn">What a client sends; <see cref="None"/> for nothing.</typeparam>
/// <typeparam name="TOut">What it gets.</typeparam>
public abstract class PikkuFunc<TIn, TOut> : IPikkuFunction<TIn, TOut>
{
    /// <summary>Runs after every gate has been passed.</summary>
    /// <param name="input">The input, complete and valid.</param>
    /// <param name="wire">The connection, the session and the hub.</param>
    public abstract ValueTask<TOut> RunAsync(TIn input, Wire wire);
}

/// <summary>A function that needs a session and answers with an acknowledgement.</summary>
/// <typeparam name="TIn">What a client sends; <see cref="None"/> for nothing.</typeparam>
public abstract class PikkuFunc<TIn> : IPikkuFunction<TIn, None>
{
    /// <inheritdoc cref="PikkuFunc{TIn, TOut}.RunAsync"/>
    public abstract ValueTask RunAsync(TIn input, Wire wire);

    async ValueTask<None> IPikkuFunction<TIn, None>.RunAsync(TIn input, Wire wire)
    {
        await RunAsync(input, wire).ConfigureAwait(false);
        return default;
    }
}

/// <summary>A function that anybody may call, signed in or not, where its wiring lets them.</summary>
/// <typeparam name="TIn">What a client sends; <see cref="None"/> for nothing.</typeparam>
/// <typeparam name="TOut">What it gets.</typeparam>
public abstract class PikkuSessionlessFunc<TIn, TOut> : IPikkuFunction<TIn, TOut>, ISessionless
{
    /// <inheritdoc cref="PikkuFunc{TIn, TOut}.RunAsync"/>
    public abstract ValueTask<TOut> RunAsync(TIn input, Wire wire);
}

/// <summary>A function that anybody may call and that answers with an acknowledgement.</summary>
/// <typeparam name="TIn">What a client sends; <see cref="None"/> for nothing.</typeparam>
public abstract class PikkuSessionlessFunc<TIn> : IPikkuFunction<TIn, None>, ISessionless
{
    /// <inheritdoc cref="PikkuFunc{TIn, TOut}.RunAsync"/>
    public abstract ValueTask RunAsync(TIn input, Wire wire);

    async ValueTask<None> IPikkuFunction<TIn, None>.RunAsync(TIn input, Wire wire)
    {
        await RunAsync(input, wire).ConfigureAwait(false);
        return default;
    }
}

internal interface IPikkuFunction<in TIn, TOut>
{
    ValueTask<TOut> RunAsync(TIn input, Wire wire);
}

internal interface ISessionless;
