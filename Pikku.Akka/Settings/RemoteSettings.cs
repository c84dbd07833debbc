namespace Pikku.Akka.Settings;

/// <summary><c>pikku.remote</c>: calls of functions that a client exposes.</summary>
internal sealed record RemoteSettings
{
    public required TimeSpan Timeout { get; init; }

    public required int MaxOpen { get; init; }

    public static RemoteSettings Read(StrictReader reader) => new()
    {
        Timeout = reader.Duration("pikku.remote.timeout", Bounds.Shortest, Bounds.Day),
        MaxOpen = reader.Integer("pikku.remote.max-open", 1, 65_536),
    };
}
