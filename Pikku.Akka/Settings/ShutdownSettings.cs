using System.Globalization;

namespace Pikku.Akka.Settings;

/// <summary><c>pikku.shutdown</c>: how a node stops.</summary>
internal sealed record ShutdownSettings
{
    public required TimeSpan DrainTimeout { get; init; }

    public required int DrainRate { get; init; }

    public required TimeSpan ReconnectSpread { get; init; }

    public required bool ExtendHostTimeout { get; init; }

    public static ShutdownSettings Read(StrictReader reader) => new()
    {
        DrainTimeout = reader.Duration("pikku.shutdown.drain-timeout", Bounds.Shortest, Bounds.Day),
        DrainRate = reader.Integer("pikku.shutdown.drain-rate", 1, 1_000_000),
        ReconnectSpread = reader.Duration("pikku.shutdown.reconnect-spread", Bounds.Shortest, Bounds.Day),
        ExtendHostTimeout = reader.Switch("pikku.shutdown.extend-host-timeout"),
    };

    /// <summary>The close reason for a client of a node that drains, with the time after which it should reconnect: a random part of the spread.</summary>
    public string GoingAway() => Retryable("the node is going away");

    /// <summary>The close reason for a client of a node that is cut off from its cluster, with the time after which it should reconnect.</summary>
    public string SentElsewhere() => Retryable("the node is cut off from its cluster");

    private string Retryable(string why) => string.Create(
        CultureInfo.InvariantCulture, $"{why}; retry-after-ms={Math.Ceiling(Random.Shared.NextDouble() * ReconnectSpread.TotalMilliseconds):0}");
}
