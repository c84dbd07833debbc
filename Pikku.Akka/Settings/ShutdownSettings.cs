namespace Pikku.Akka.Settings;

/// <summary><c>pikku.shutdown</c>: how a node stops.</summary>
internal sealed record ShutdownSettings
{
    public required TimeSpan DrainTimeout { get; init; }
}
