namespace Pikku.Akka.Settings;

/// <summary><c>pikku.connection</c>: the lifetime of one socket.</summary>
internal sealed record ConnectionSettings
{
    public required int MaxMessageSize { get; init; }

    public required int MaxFragments { get; init; }

    public required TimeSpan MessageTimeout { get; init; }

    public required int InboxMessages { get; init; }

    public required int InboxMessagesDuringCall { get; init; }

    public required int InboxSize { get; init; }

    public required TimeSpan IdleTimeout { get; init; }

    public required TimeSpan PingInterval { get; init; }

    public required TimeSpan PingTimeout { get; init; }

    public required TimeSpan HandshakeTimeout { get; init; }

    public required TimeSpan CloseTimeout { get; init; }

    public required TimeSpan SweepInterval { get; init; }

    public static ConnectionSettings Read(StrictReader reader) => new()
    {
        MaxMessageSize = reader.Size("pikku.connection.max-message-size", 1, Bounds.Size),
        MaxFragments = reader.Integer("pikku.connection.max-fragments", 1, Bounds.Queue),
        MessageTimeout = reader.DurationOrInfinite("pikku.connection.message-timeout", Bounds.Shortest, Bounds.Day),
        InboxMessages = reader.Integer("pikku.connection.inbox-messages", 1, Bounds.Queue),
        InboxMessagesDuringCall = reader.Integer("pikku.connection.inbox-messages-during-call", 1, Bounds.Queue),
        InboxSize = reader.Size("pikku.connection.inbox-size", 1, Bounds.Size),
        IdleTimeout = reader.DurationOrInfinite("pikku.connection.idle-timeout", Bounds.Shortest, Bounds.Year),
        PingInterval = reader.DurationOrInfinite("pikku.connection.ping-interval", Bounds.Shortest, Bounds.Day),
        PingTimeout = reader.DurationOrInfinite("pikku.connection.ping-timeout", Bounds.Shortest, Bounds.Day),
        HandshakeTimeout = reader.Duration("pikku.connection.handshake-timeout", Bounds.Shortest, Bounds.Day),
        CloseTimeout = reader.Duration("pikku.connection.close-timeout", Bounds.Shortest, Bounds.Day),
        SweepInterval = reader.Duration("pikku.connection.sweep-interval", Bounds.Shortest, Bounds.Day),
    };
}
