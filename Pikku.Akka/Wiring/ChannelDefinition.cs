using Microsoft.AspNetCore.Builder;

namespace Pikku.Akka;

/// <summary>The wiring of one channel.</summary>
internal sealed class ChannelDefinition(string name)
{
    public string Name { get; } = name;

    /// <summary>The source location of the call that wired it.</summary>
    public string Place { get; init; } = "";

    public string Route { get; set; } = "/" + name;

    /// <summary>What every message has to pass. Without a setting, a session is needed.</summary>
    public Gates Gates { get; } = new();

    public Type? OpeningData { get; set; }

    public ActionDefinition? OnConnect { get; set; }

    public ActionDefinition? OnDisconnect { get; set; }

    public ActionDefinition? OnMessage { get; set; }

    public ActionDefinition? OnBinaryMessage { get; set; }

    /// <summary>Routing key → its values. Ordered, because the first key of a message that matches wins.</summary>
    public OrderedDictionary<string, List<(string Value, ActionDefinition Action)>> Actions { get; } = new(StringComparer.Ordinal);

    /// <summary>The topics whose events its clients may receive.</summary>
    public List<TopicDeclaration> Topics { get; } = [];

    /// <summary>The messages that its clients may receive outside of topics, except the result of <see cref="OnConnect"/>.</summary>
    public List<MessageDeclaration> Messages { get; } = [];

    /// <summary>The functions that its clients may expose.</summary>
    public List<RemoteDeclaration> Remotes { get; } = [];

    public List<PikkuChannelMiddlewareDelegate> ChannelMiddleware { get; } = [];

    /// <summary>True for Pikku's realtime feature (<see cref="PikkuBuilder.WireEvents(Action{EventsBuilder}, string, int)"/>).</summary>
    public bool IsEvents { get; init; }

    /// <summary>How long a connection keeps a yes of the permissions of the channel; null when every action asks.</summary>
    public TimeSpan? PermissionLifetime { get; set; }

    /// <summary>What is added to the endpoint.</summary>
    public List<Action<EndpointBuilder>> Conventions { get; } = [];

    /// <summary>What is added to the endpoint after all other conventions.</summary>
    public List<Action<EndpointBuilder>> FinalConventions { get; } = [];

    /// <summary>Mistakes that the builder has found, which stop the start.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>All functions that this channel can call.</summary>
    public IEnumerable<ActionDefinition> AllActions =>
        new[] { OnConnect, OnDisconnect, OnMessage, OnBinaryMessage }.OfType<ActionDefinition>()
            .Concat(Actions.Values.SelectMany(values => values).Select(value => value.Action));
}
