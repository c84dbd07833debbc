namespace Pikku.Akka.Settings;

/// <summary><c>pikku.event-hub</c>: publish and subscribe.</summary>
internal sealed record EventHubSettings
{
    public required int MaxEventSize { get; init; }

    public required int MaxTopicLength { get; init; }

    public required int MaxPendingPublishes { get; init; }

    public required int MaxPendingSize { get; init; }

    public required int MaxPendingSubscribes { get; init; }

    public required int MaxBufferedSize { get; init; }

    public required TimeSpan CallTimeout { get; init; }

    public required int AuthorizationParallelism { get; init; }

    public static EventHubSettings Read(StrictReader reader) => new()
    {
        MaxEventSize = reader.Size("pikku.event-hub.max-event-size", 1, Bounds.Size),
        MaxTopicLength = reader.Integer("pikku.event-hub.max-topic-length", 1, 4096),
        MaxPendingPublishes = reader.Integer("pikku.event-hub.max-pending-publishes", 1, Bounds.Queue),
        MaxPendingSize = reader.Size("pikku.event-hub.max-pending-size", 1, Bounds.Size),
        MaxPendingSubscribes = reader.Integer("pikku.event-hub.max-pending-subscribes", 1, Bounds.Queue),
        MaxBufferedSize = reader.Size("pikku.event-hub.max-buffered-size", 1, Bounds.Size),
        CallTimeout = reader.Duration("pikku.event-hub.call-timeout", Bounds.Shortest, Bounds.Day),
        AuthorizationParallelism = reader.Integer("pikku.event-hub.authorization-parallelism", 1, 4096),
    };
}
