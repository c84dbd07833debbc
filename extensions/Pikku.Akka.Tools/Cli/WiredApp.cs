using Pikku.Akka.Channels;
using Pikku.Akka.Functions;
using Pikku.Akka.Hosting;

namespace Pikku.Akka.Cli;

/// <summary>Combines the declarations of the application with their compiled form, for listings.</summary>
internal sealed class WiredApp
{
    private readonly IReadOnlyDictionary<string, string>? _addresses;

    /// <exception cref="PikkuWiringException">The wiring is invalid.</exception>
    public WiredApp(PikkuPlan plan, SourceFiles sources, ChannelAddresses? addresses = null)
    {
        App = plan.App;
        _addresses = addresses?.Read();
        Sources = sources;
        // If the wiring is valid, both have the same channels and actions in the same order.
        Channels = [.. App.Channels.Zip(plan.Channels)];
        Actions = [.. Channels.SelectMany(pair => ActionsOf(pair.Definition, pair.Compiled))];
        Topics = [.. Channels.SelectMany(pair => TopicsOf(pair.Definition, pair.Compiled))];
    }

    public PikkuBuilder App { get; }

    public SourceFiles Sources { get; }

    public IReadOnlyList<(ChannelDefinition Definition, CompiledChannel Compiled)> Channels { get; }

    public IReadOnlyList<WiredAction> Actions { get; }

    public IReadOnlyList<WiredTopic> Topics { get; }

    /// <summary>Returns the address at which a channel is mapped, or its route if it is not mapped.</summary>
    public string AddressOf(ChannelDefinition channel) => _addresses?.GetValueOrDefault(channel.Name) ?? channel.Route;

    /// <summary>The wired actions, grouped by function.</summary>
    public IEnumerable<IGrouping<string, WiredAction>> Functions => Actions.GroupBy(action => action.Function.Name, StringComparer.Ordinal);

    private static IEnumerable<WiredTopic> TopicsOf(ChannelDefinition channel, CompiledChannel compiled) => channel.Topics.Select(topic =>
        new WiredTopic(channel, topic, compiled.Subscriptions?.Topics.FirstOrDefault(one => one.Name == topic.Name)?.Action));

    private static IEnumerable<WiredAction> ActionsOf(ChannelDefinition channel, CompiledChannel compiled)
    {
        (string Name, ActionDefinition? Definition, BoundAction? Bound)[] handlers =
        [
            ("onConnect", channel.OnConnect, compiled.OnConnect),
            ("onDisconnect", channel.OnDisconnect, compiled.OnDisconnect),
            ("onMessage", channel.OnMessage, compiled.OnMessage),
            ("onBinaryMessage", channel.OnBinaryMessage, compiled.OnBinaryMessage),
        ];
        foreach (var (name, definition, bound) in handlers)
            if (definition is not null)
                yield return new WiredAction(channel, new Place(channel.Name, name), definition, bound!);

        var routes = channel.Actions.SelectMany(key => key.Value.Select(value => (Name: $"{key.Key}:{value.Value}", value.Action)));
        foreach (var (route, bound) in routes.Zip(compiled.Actions))
            yield return new WiredAction(channel, new Place(channel.Name, route.Name), route.Action, bound);
    }
}
