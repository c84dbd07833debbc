namespace Pikku.Akka.Settings;

/// <summary><c>pikku.connection</c>: the life of one socket.</summary>
internal sealed record ConnectionSettings
{
    public required int MaxMessageSize { get; init; }

    public required int InboxMessages { get; init; }

    public required int InboxMessagesDuringCall { get; init; }

    public required int InboxSize { get; init; }

    public required TimeSpan IdleTimeout { get; init; }

    public required TimeSpan PingInterval { get; init; }

    public required TimeSpan PingTimeout { get; init; }

    public required TimeSpan HandshakeTimeout { get; init; }

    public required TimeSpan CloseTimeout { get; init; }

    public required TimeSpan SweepInterval { get; init; }
}
