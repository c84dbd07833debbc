namespace Pikku.Akka;

/// <summary>What the application says of one channel.</summary>
internal sealed class ChannelDefinition(string name)
{
    public string Name { get; } = name;

    /// <summary>The call that wired it.</summary>
    public string Place { get; init; } = "";

    public string Route { get; set; } = "/" + name;

    public bool Auth { get; set; } = true;

    public List<string> Tags { get; } = [];

    public Type? OpeningData { get; set; }

    public ActionDefinition? OnConnect { get; set; }

    public ActionDefinition? OnDisconnect { get; set; }

    public ActionDefinition? OnMessage { get; set; }

    public ActionDefinition? OnBinaryMessage { get; set; }

    /// <summary>Routing key → its values. Ordered: the first key of a message that matches wins.</summary>
    public OrderedDictionary<string, List<(string Value, ActionDefinition Action)>> Actions { get; } = new(StringComparer.Ordinal);

    /// <summary>Topics whose events its clients may get.</summary>
    public List<TopicDeclaration> Topics { get; } = [];

    /// <summary>What its clients may be sent outside of any topic, beside the result of <see cref="OnConnect"/>.</summary>
    public List<Type> Messages { get; } = [];

    /// <summary>Functions that its clients may expose.</summary>
    public List<RemoteDeclaration> Remotes { get; } = [];

    public List<PikkuMiddleware> Middleware { get; } = [];

    public List<PikkuChannelMiddleware> ChannelMiddleware { get; } = [];

    /// <summary>All that can be called on this channel.</summary>
    public IEnumerable<ActionDefinition> AllActions =>
        new[] { OnConnect, OnDisconnect, OnMessage, OnBinaryMessage }.OfType<ActionDefinition>()
            .Concat(Actions.Values.SelectMany(values => values).Select(value => value.Action));
}
