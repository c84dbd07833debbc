using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Pikku.Akka.Dispatch;
using Pikku.Akka.Functions.Input;

namespace Pikku.Akka.Functions;

/// <summary>Checks and runs one function, in the order of the contract (F): session, read-only, scopes, input, permissions, function.</summary>
internal abstract class FunctionRunner
{
    /// <summary>The type of the input; <see cref="NoData"/> for none.</summary>
    public abstract Type Input { get; }

    /// <summary>The JSON metadata of the result, or of the items of a stream; null when there is no result.</summary>
    public abstract JsonTypeInfo? Output { get; }

    /// <summary>True when the function replies with a stream.</summary>
    public virtual bool IsStream => false;

    /// <summary>True when the input has a property <c>data</c>, so that a flat message is not mistaken for an enveloped one.</summary>
    public abstract bool DeclaresData { get; }

    /// <summary>True when the routing property of a flat message would become part of the input and therefore must be removed first.</summary>
    public abstract bool NeedsExcision(string routingKey);

    /// <summary>
    /// Runs the checks and the function. Completes synchronously if all of them do. Stores the result in the invocation; refusals and failures are thrown.
    /// </summary>
    public abstract ValueTask RunAsync(Invocation invocation);

    /// <summary>What <see cref="RunAsync"/> asks, in this order.</summary>
    public virtual IReadOnlyList<Gate> Gates => [];

    /// <summary>
    /// Asks the gates as <see cref="RunAsync"/> does, until one refuses, and does not run the function. The rules of the input are not checked. A refusal is thrown.
    /// </summary>
    /// <param name="invocation">The call, which needs no data: a permission that uses it is passed over then.</param>
    /// <param name="witness">Watches the answers.</param>
    public virtual ValueTask ExplainAsync(Invocation invocation, GateWitness witness) => default;
}

/// <inheritdoc cref="FunctionRunner"/>
/// <remarks>For a stream, the constructor receives the type of the items, and a body that sends them (<see cref="StreamBody"/>).</remarks>
internal sealed class FunctionRunner<TIn, TOut>(
    FunctionDescriptor function, FunctionBody<TIn, TOut> body, InputReader<TIn> reader, InputMode mode, PermissionCheck permissions,
    JsonSerializerOptions json, Type? item = null)
    : FunctionRunner
{
    private readonly bool _checksPermissions = !permissions.IsEmpty;
    private readonly CallerGates _caller = CallerGates.Of(function);

    public override Type Input => typeof(TIn);

    public override JsonTypeInfo? Output { get; } =
        item is not null ? json.GetTypeInfo(item) : typeof(TOut) == typeof(NoData) ? null : json.GetTypeInfo(typeof(TOut));

    public override bool IsStream { get; } = item is not null;

    public override bool DeclaresData => reader.DeclaresData;

    public override bool NeedsExcision(string routingKey) => reader.NeedsExcision(routingKey);

    public override ValueTask RunAsync(Invocation invocation)
    {
        TIn input;
        ValueTask validating;
        // The context belongs to the session that the call has from here on. It costs as much as a small input, so a function that does not use it has none.
        var context = body.TakesOnlyData ? null : invocation.Context;
        using (AmbientContext.Keep()) // property getters, converters and validation rules are user code
        {
            // 1. Check the caller: session, read-only, scopes.
            _caller.Demand(invocation.Session.Current, invocation.Action.Label);

            // 2. Read the input: defaults and coercion, then the validation rules of the type.
            input = Read(invocation);
            validating = reader.HasRules ? reader.ValidateAsync(input, invocation.Services, default) : ValueTask.CompletedTask;
        }

        if (!validating.IsCompletedSuccessfully || _checksPermissions)
            return RunAsyncChecksAsync(invocation, input, validating);

        // 3. Run the function.
        var running = context is null ? body.Run(null!, input, null!) : body.Run(invocation.Services, input, context);
        if (!running.IsCompletedSuccessfully)
            return FinishAsync(invocation, running);
        SetResult(invocation, running.Result);
        return default;
    }

    public override IReadOnlyList<Gate> Gates => [.. _caller.All, .. permissions.Gates];

    public override async ValueTask ExplainAsync(Invocation invocation, GateWitness witness)
    {
        TIn input;
        using (AmbientContext.Keep())
        {
            _caller.Demand(invocation.Context.Session, invocation.Action.Label, witness);
            input = mode == InputMode.Json && invocation.Data.IsEmpty ? default! : Read(invocation);
        }

        await permissions.DemandAsync(invocation, input, witness).ConfigureAwait(false);
    }

    private async ValueTask RunAsyncChecksAsync(Invocation invocation, TIn input, ValueTask validating)
    {
        await validating.ConfigureAwait(false);
        if (_checksPermissions)
            await permissions.DemandAsync(invocation, input).ConfigureAwait(false);
        SetResult(invocation, await body.Run(invocation.Context.Services, input, invocation.Context).ConfigureAwait(false));
    }

    private static async ValueTask FinishAsync(Invocation invocation, ValueTask<TOut> running) =>
        SetResult(invocation, await running.ConfigureAwait(false));

    private static void SetResult(Invocation invocation, TOut result)
    {
        if (typeof(TOut) != typeof(NoData))
            invocation.Succeed(result);
    }

    private TIn Read(Invocation invocation)
    {
        switch (mode)
        {
            case InputMode.Json:
                return reader.Deserialize(invocation.Data.Span);
            case InputMode.Opening:
                return invocation.OpeningData is TIn opening ? opening : default!;
            case InputMode.TopicKey:
                return invocation.TopicCall?.Key is TIn key ? key : default!;
            case InputMode.RawText:
                return (TIn)(object)Encoding.UTF8.GetString(invocation.Data.Span);
            default:
                // The buffer of the frame returns to its pool after the call, so the function receives a copy.
                var bytes = invocation.Data.ToArray();
                return typeof(TIn) == typeof(byte[]) ? (TIn)(object)bytes : (TIn)(object)(ReadOnlyMemory<byte>)bytes;
        }
    }
}
