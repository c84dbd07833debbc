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
}

/// <inheritdoc cref="FunctionRunner"/>
/// <remarks>For a stream, the constructor receives the type of the items, and a body that sends them (<see cref="StreamBody"/>).</remarks>
internal sealed class FunctionRunner<TIn, TOut>(
    FunctionDescriptor function, FunctionBody<TIn, TOut> body, InputReader<TIn> reader, InputMode mode, PermissionCheck permissions,
    JsonSerializerOptions json, Type? item = null)
    : FunctionRunner
{
    private readonly bool _checksPermissions = !permissions.IsEmpty;

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
        using (AmbientContext.Keep()) // property getters, converters and validation rules are user code
        {
            // 1. Check the caller: session, read-only, scopes.
            CheckSession(invocation.Context.Session);

            // 2. Read the input: defaults and coercion, then the validation rules of the type.
            input = Read(invocation);
            validating = reader.ValidateAsync(input, invocation.Context.Services, default);
        }

        if (!validating.IsCompletedSuccessfully || _checksPermissions)
            return RunAsyncChecksAsync(invocation, input, validating);

        // 3. Run the function.
        var running = body.Run(invocation.Context.Services, input, invocation.Context);
        if (!running.IsCompletedSuccessfully)
            return FinishAsync(invocation, running);
        SetResult(invocation, running.Result);
        return default;
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

    private void CheckSession(IPikkuSession? session)
    {
        if (function.RequiresSession && session is null)
            throw new ForbiddenError($"The function '{function.Name}' needs a session.");
        if (session is { IsReadOnly: true } && !function.ReadOnly)
            throw new ReadonlySessionError($"The function '{function.Name}' is not read-only.");
        foreach (var scope in function.Scopes)
            if (session is null || !ScopeMatcher.Satisfies(session.Scopes, scope))
                throw new MissingScopeError($"The function '{function.Name}' needs the scope '{scope}'.");
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
