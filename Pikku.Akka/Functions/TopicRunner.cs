using System.Text.Json.Serialization.Metadata;
using Pikku.Akka.Dispatch;
using Pikku.Akka.Functions.Input;

namespace Pikku.Akka.Functions;

/// <summary>Decides whether a client may subscribe to a topic. A subscription has the gates of a function (F), and no function.</summary>
internal abstract class TopicRunner : FunctionRunner
{
    /// <summary>
    /// Asks again whether the client may be subscribed: the session, the scopes and the permissions, with the session of the connection as it is now. A refusal is
    /// thrown.
    /// </summary>
    /// <param name="invocation">The call, whose <see cref="Invocation.TopicCall"/> has a key.</param>
    public abstract ValueTask AuthorizeAsync(Invocation invocation);
}

/// <inheritdoc cref="TopicRunner"/>
/// <typeparam name="TKey">The type of the key; <see cref="NoData"/> for a single topic.</typeparam>
/// <param name="requiresSession">True when a session is required.</param>
/// <param name="scopes">The scopes that the session must have.</param>
/// <param name="reader">Reads the keys; null for a single topic.</param>
/// <param name="permissions">The permissions.</param>
internal sealed class TopicRunner<TKey>(bool requiresSession, IReadOnlyList<string> scopes, TopicKeyReader<TKey>? reader, PermissionCheck permissions) : TopicRunner
{
    private readonly CallerGates _caller = CallerGates.Of(requiresSession, scopes);

    public override Type Input => typeof(TKey);

    public override JsonTypeInfo? Output => null;

    public override bool DeclaresData => false;

    public override bool NeedsExcision(string routingKey) => false;

    public override ValueTask RunAsync(Invocation invocation)
    {
        var call = invocation.TopicCall!;
        call.BeginCheck();
        var validating = ValueTask.CompletedTask;
        using (AmbientContext.Keep()) // property getters, converters and validation rules are user code
        {
            _caller.Demand(invocation.Context.Session, invocation.Action.Label);
            if (reader is not null)
            {
                var key = reader.Read(call.Name, call.Values);
                call.SetKey(key, reader.Type);
                validating = reader.ValidateAsync(key, invocation.Context.Services, default);
            }
        }

        if (!validating.IsCompletedSuccessfully || !permissions.IsEmpty)
            return RunAsync(invocation, validating);
        call.Allow();
        return default;
    }

    public override ValueTask AuthorizeAsync(Invocation invocation)
    {
        using (AmbientContext.Keep())
            _caller.Demand(invocation.Context.Session, invocation.Action.Label);
        return permissions.DemandAsync(invocation, InputOf(invocation));
    }

    public override IReadOnlyList<Gate> Gates => [.. _caller.All, .. permissions.Gates];

    public override async ValueTask ExplainAsync(Invocation invocation, GateWitness witness)
    {
        using (AmbientContext.Keep())
        {
            _caller.Demand(invocation.Context.Session, invocation.Action.Label, witness);
            if (reader is not null && invocation.TopicCall is { Key: null } call)
                call.SetKey(reader.Read(call.Name, call.Values), reader.Type);
        }

        await permissions.DemandAsync(invocation, InputOf(invocation), witness).ConfigureAwait(false);
    }

    private async ValueTask RunAsync(Invocation invocation, ValueTask validating)
    {
        await validating.ConfigureAwait(false);
        await permissions.DemandAsync(invocation, InputOf(invocation)).ConfigureAwait(false);
        invocation.TopicCall!.Allow();
    }

    private static object? InputOf(Invocation invocation) => invocation.TopicCall!.Key ?? default(TKey);
}
