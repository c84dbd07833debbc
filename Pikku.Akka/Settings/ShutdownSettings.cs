namespace Pikku.Akka.Settings;

/// <summary><c>pikku.shutdown</c>: how a node stops.</summary>
internal sealed record ShutdownSettings
{
    public required TimeSpan DrainTimeout { get; init; }

    public static ShutdownSettings Read(StrictReader reader) => new()
    {
        DrainTimeout = reader.Duration("pikku.shutdown.drain-timeout", Bounds.Shortest, Bounds.Day),
    };
}
