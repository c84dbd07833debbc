namespace Pikku.Akka.Settings;

/// <summary><c>pikku.shutdown</c>: how a node stops.</summary>
internal sealed record ShutdownSettings
{
    public required TimeSpan DrainTimeout { get; init; }

    public required int DrainRate { get; init; }

    public required TimeSpan ReconnectSpread { get; init; }

    public static ShutdownSettings Read(StrictReader reader) => new()
    {
        DrainTimeout = reader.Duration("pikku.shutdown.drain-timeout", Bounds.Shortest, Bounds.Day),
        DrainRate = reader.Integer("pikku.shutdown.drain-rate", 1, 1_000_000),
        ReconnectSpread = reader.Duration("pikku.shutdown.reconnect-spread", Bounds.Shortest, Bounds.Day),
    };

    /// <summary>The close reason for a client, with the time after which it should reconnect: a random part of the spread.</summary>
    public string GoingAway() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"the node is going away; retry-after-ms={Math.Ceiling(Random.Shared.NextDouble() * ReconnectSpread.TotalMilliseconds):0}");
}
