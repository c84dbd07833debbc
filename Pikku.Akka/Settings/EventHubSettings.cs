namespace Pikku.Akka.Settings;

/// <summary><c>pikku.event-hub</c>: publish and subscribe.</summary>
internal sealed record EventHubSettings
{
    public required int Lanes { get; init; }

    public required int MaxEventSize { get; init; }

    public required int MaxTopicLength { get; init; }

    public required int MaxPendingPublishes { get; init; }
}
