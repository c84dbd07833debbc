namespace Pikku.Akka.Settings;

/// <summary><c>pikku.console</c>: the console of operators.</summary>
internal sealed record ConsoleSettings
{
    public required TimeSpan RefreshInterval { get; init; }

    public required TimeSpan NodeTimeout { get; init; }

    public required TimeSpan AuthorizationInterval { get; init; }

    public required int MaxRows { get; init; }

    public required bool TailPayloads { get; init; }

    public required int TailEvents { get; init; }

    public required TimeSpan TailDuration { get; init; }

    public static ConsoleSettings Read(StrictReader reader) => new()
    {
        RefreshInterval = reader.Duration("pikku.console.refresh-interval", TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1)),
        NodeTimeout = reader.Duration("pikku.console.node-timeout", Bounds.Shortest, TimeSpan.FromMinutes(1)),
        AuthorizationInterval = reader.Duration("pikku.console.authorization-interval", Bounds.Shortest, TimeSpan.FromHours(1)),
        MaxRows = reader.Integer("pikku.console.max-rows", 1, 200),
        TailPayloads = reader.Switch("pikku.console.tail-payloads"),
        TailEvents = reader.Integer("pikku.console.tail-events", 1, 10_000),
        TailDuration = reader.Duration("pikku.console.tail-duration", Bounds.Shortest, Bounds.Day),
    };
}
