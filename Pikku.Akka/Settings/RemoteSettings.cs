namespace Pikku.Akka.Settings;

/// <summary><c>pikku.remote</c>: calls of functions that a client exposes.</summary>
internal sealed record RemoteSettings
{
    public required TimeSpan Timeout { get; init; }

    public required int MaxOpen { get; init; }
}
