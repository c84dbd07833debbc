namespace Pikku.Akka.Settings;

/// <summary><c>pikku.channel</c>: how the messages of a channel are handled.</summary>
internal sealed record ChannelSettings
{
    public required int MaxInFlight { get; init; }

    public required int MaxStreams { get; init; }

    public required bool CloseOnError { get; init; }

    public required int Lanes { get; init; }

    public required int LaneCapacity { get; init; }

    public required int Parallelism { get; init; }

    public required TimeSpan MiddlewareTimeout { get; init; }

    public static ChannelSettings Read(StrictReader reader) => new()
    {
        MaxInFlight = reader.Integer("pikku.channel.max-in-flight", 1, 1024),
        MaxStreams = reader.Integer("pikku.channel.max-streams", 1, 1024),
        CloseOnError = reader.Switch("pikku.channel.close-on-error"),
        Lanes = reader.IntegerOrAuto("pikku.channel.lanes", Bounds.AutoLanes, 1, Bounds.Lanes),
        LaneCapacity = reader.Integer("pikku.channel.lane-capacity", 1, Bounds.Queue),
        Parallelism = reader.Integer("pikku.channel.parallelism", 1, 4096),
        MiddlewareTimeout = reader.Duration("pikku.channel.middleware-timeout", Bounds.Shortest, Bounds.Day),
    };
}
