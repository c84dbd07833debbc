using System.Text.Json;
using Pikku.Akka.Functions;
using Pikku.Akka.Functions.Input;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

/// <summary>Compiles the topics of a channel and the messages with which clients subscribe to them.</summary>
/// <param name="functions">Compiles functions.</param>
/// <param name="gates">Compiles the gates of topics.</param>
/// <param name="types">Checks the payloads.</param>
/// <param name="input">The options for reading input.</param>
/// <param name="json">The options for JSON.</param>
/// <param name="report">Receives the problems.</param>
internal sealed class SubscriptionCompiler(
    FunctionCompiler functions, GateCompiler gates, JsonTypeCheck types, InputOptions input, JsonSerializerOptions json, WiringReport report)
{
    private readonly TopicCompiler _topics = new(input, json, report.Problem);

    /// <summary>Validates the histories that all channels declare.</summary>
    public void CheckHistories(IEnumerable<ChannelDefinition> channels) =>
        _topics.CheckHistories(channels.SelectMany(channel => channel.Topics, (channel, topic) => (channel.Name, topic)));

    /// <summary>Validates the topics that a channel declares.</summary>
    public List<TopicDeclaration> Topics(ChannelDefinition channel)
    {
        var place = $"channel '{channel.Name}'";
        _topics.Check(place, channel.Topics);
        foreach (var topic in channel.Topics)
        {
            types.CheckSerializable(topic.Payload, $"the payload of topic '{topic.Name}' of {place}");
            if (!topic.AllowsSubscribe && topic.Gates is { Permissions.Count: > 0 } or { Scopes.Count: > 0 } or { Middleware.Count: > 0 } or { RequiresSession: not null })
                report.Warn($"The gates of the topic '{topic.Name}' of {place} have no effect, because clients can't subscribe to it; call AllowSubscribe().");
        }

        report.CheckOnce(place, channel.Topics.Select(topic => topic.Name), "declares the topic");
        return channel.Topics;
    }

    /// <summary>Compiles the topics that clients may subscribe to, and adds the messages that subscribe to the routes.</summary>
    /// <param name="scope">The channel.</param>
    /// <param name="first">The index of the first of these messages.</param>
    /// <param name="routes">The routes of the channel.</param>
    /// <returns>Null when there is no such topic.</returns>
    public SubscriptionRoutes? Subscriptions(ChannelScope scope, int first, RoutingTable.Builder routes)
    {
        var channel = scope.Channel;
        var topics = channel.Topics.Where(topic => topic is { AllowsSubscribe: true, Problem: null })
            .DistinctBy(topic => topic.Name, StringComparer.Ordinal).Select(topic => Subscribable(scope, topic)).OfType<CompiledTopic>().ToArray();
        if (topics.Length == 0)
        {
            if (channel.IsEvents)
                report.Problem($"channel '{channel.Name}'{WiringReport.PlaceOf(channel)}", "is wired with WireEvents and has no valid topic; add one with AddTopic");
            return null;
        }

        routes.AddReserved(SubscriptionProtocol.Subscribe, first).AddReserved(SubscriptionProtocol.Unsubscribe, first + 1);
        if (channel.IsEvents && HasFreeNames(channel))
            routes.Add(SubscriptionProtocol.Key, SubscriptionProtocol.RealtimeSubscribe, first + 2)
                .Add(SubscriptionProtocol.Key, SubscriptionProtocol.RealtimeUnsubscribe, first + 3);
        var unsubscribe = FunctionDescriptor.FromDelegate($"{channel.Name}:{SubscriptionProtocol.Unsubscribe}", () => { }) with { ReadOnly = true };
        var label = $"route '{SubscriptionProtocol.Key}:{SubscriptionProtocol.Unsubscribe}'";
        return new SubscriptionRoutes(
            topics,
            new BoundAction
            {
                Function = unsubscribe,
                Runner = functions.BindOwn(unsubscribe, label),
                Mode = InputMode.Json,
                Label = label,
                RoutingKey = SubscriptionProtocol.Key,
                Name = SubscriptionProtocol.Unsubscribe,
                Auth = false,
                Permissions = PermissionCheck.None,
                Middleware = [],
            },
            first);
    }

    /// <summary>Compiles the presence topics that each connection of a channel joins.</summary>
    public List<PresenceJoin> Joins(ChannelDefinition channel)
    {
        var joins = new List<PresenceJoin>();
        foreach (var topic in channel.Topics.Where(topic => topic is { Keyed.JoinOnConnect: not null, Problem: null }))
        {
            if (topic.Key != typeof(NoData) && topic.Key != channel.OpeningData)
                report.Problem($"the topic '{topic.Name}' of channel '{channel.Name}'", $"joins connections, but the opening data of the channel is not its key {topic.Key}; declare it with Route<{topic.Key.Name}>(…), or use JoinOnSubscribe");
            else if (functions.BindInfo(channel, topic, topic.Keyed!.JoinOnConnect!) is { } info)
                joins.Add(new PresenceJoin(TopicCompiler.NameOf(topic), info));
        }

        return joins;
    }

    // Another module may have added actions with ConfigureChannel.
    private bool HasFreeNames(ChannelDefinition channel)
    {
        var actions = channel.Actions.TryGetValue(SubscriptionProtocol.Key, out var values) ? values : [];
        var taken = actions.FindAll(action => action.Value is SubscriptionProtocol.RealtimeSubscribe or SubscriptionProtocol.RealtimeUnsubscribe);
        foreach (var (value, _) in taken)
            report.Problem($"channel '{channel.Name}'{WiringReport.PlaceOf(channel)}", $"maps the action '{value}', which WireEvents provides; choose another name");
        return taken.Count == 0;
    }

    private CompiledTopic? Subscribable(ChannelScope scope, TopicDeclaration topic)
    {
        var channel = scope.Channel;
        var place = $"the topic '{topic.Name}' of channel '{channel.Name}'";
        gates.CheckScopes(topic.Gates.Scopes, place);
        var data = new PermissionPlace(null, channel.OpeningData, topic.Key == typeof(NoData) ? null : topic.Key);
        var own = gates.Bind(topic.Gates.Permissions, data, place);
        var permissions = new PermissionCheck(gates.Global, scope.Permissions, [.. gates.BindToKey(scope.Permissions, data), .. own]);
        var requiresSession = topic.Gates.RequiresSession ?? GateCompiler.IsSessionRequired(channel);
        string[] scopes = [.. channel.Gates.Scopes.Concat(topic.Gates.Scopes).Distinct(StringComparer.Ordinal)];
        TopicRunner runner;
        try
        {
            runner = _topics.CreateRunner(topic, requiresSession, scopes, permissions);
        }
        catch (Exception e) when (e is NotSupportedException or InvalidOperationException or ArgumentException)
        {
            return null; // TopicCompiler.Check reports it
        }

        return new CompiledTopic
        {
            Name = topic.Name,
            Template = topic.Template,
            Type = _topics.TypeOf(topic),
            Snapshot = topic.Snapshot is { } snapshot ? functions.BindSnapshot(channel, topic, snapshot) : null,
            Keyed = topic.Keyed,
            JoinOnSubscribe = topic.Keyed?.JoinOnSubscribe is { } join ? functions.BindInfo(channel, topic, join) : null,
            Runner = runner,
            Action = new BoundAction
            {
                Function = FunctionDescriptor.FromDelegate($"{channel.Name}:topic:{topic.Name}", () => { }) with { ReadOnly = true, Scopes = scopes, Tags = topic.Gates.Tags },
                Runner = runner,
                Mode = InputMode.TopicKey,
                Label = $"topic '{topic.Name}'",
                RoutingKey = SubscriptionProtocol.Key,
                Name = SubscriptionProtocol.Subscribe,
                Auth = requiresSession,
                Permissions = permissions,
                Middleware = gates.OfTopic(channel, topic.Gates),
            },
        };
    }
}
