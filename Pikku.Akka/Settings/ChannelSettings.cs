namespace Pikku.Akka.Settings;

/// <summary><c>pikku.channel</c>: how messages of a channel are handled.</summary>
internal sealed record ChannelSettings
{
    public required int MaxInFlight { get; init; }

    public required bool CloseOnError { get; init; }

    public required int Lanes { get; init; }

    public required int LaneCapacity { get; init; }

    public required int Parallelism { get; init; }

    public required TimeSpan MiddlewareTimeout { get; init; }
}
