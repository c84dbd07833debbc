namespace Pikku.Akka.Benchmarks.Cluster;

/// <summary>The topics with a history that the nodes of a measurement declare.</summary>
internal static class BenchTopics
{
    /// <summary>A single topic, whose name is compared with the same name without a history.</summary>
    public static readonly Topic<string> Kept = new("kept");

    /// <summary>Many topics that keep few events.</summary>
    public static readonly Topic<int, string> Items = new("item:{id}");

    /// <summary>A few busy topics.</summary>
    public static readonly Topic<int, string> Busy = new("busy:{id}");

    /// <summary>The presence of rooms.</summary>
    public static readonly Topic<int, PresenceEvent<string>> Rooms = new("room:{id}");

    /// <summary>The number of <see cref="Busy"/> topics, so that every lane has some.</summary>
    public const int BusyTopics = 64;

    /// <summary>The number of events that each of <see cref="Items"/> keeps.</summary>
    public const int EventsOfItem = 10;

    /// <summary>The number of events that each of <see cref="Kept"/>, <see cref="Busy"/> and <see cref="Rooms"/> keeps.</summary>
    public const int EventsOfTopic = 100;

    /// <summary>The declaration of <see cref="Kept"/>.</summary>
    public static TopicDeclaration KeptAlone { get; } = new TopicDeclaration<string>(Kept) { History = new HistoryDeclaration(EventsOfTopic, null) };

    /// <summary>The declarations of the other topics.</summary>
    public static IReadOnlyList<TopicDeclaration> Families { get; } =
    [
        new TopicDeclaration<int, string>(Items) { History = new HistoryDeclaration(EventsOfItem, null) },
        new TopicDeclaration<int, string>(Busy) { History = new HistoryDeclaration(EventsOfTopic, null) },
        new TopicDeclaration<int, PresenceEvent<string>>(Rooms)
        {
            History = new HistoryDeclaration(EventsOfTopic, null), Keyed = new KeyedDeclaration(typeof(string), IsState: false),
        },
    ];
}
