namespace Pikku.Akka.Settings;

/// <summary>Everything under <c>pikku</c>; what each key means stands in <c>reference.conf</c>.</summary>
internal sealed record PikkuSettings
{
    public required bool DetailedErrors { get; init; }

    public required TimeSpan StartTimeout { get; init; }

    public required ConnectionSettings Connection { get; init; }

    public required ChannelSettings Channel { get; init; }

    public required FunctionSettings Function { get; init; }

    public required OutboxSettings Outbox { get; init; }

    public required EventHubSettings EventHub { get; init; }

    public required RemoteSettings Remote { get; init; }

    public required LimitSettings Limits { get; init; }

    public required SessionSettings Session { get; init; }

    public required UpgradeSettings Upgrade { get; init; }

    public required ShutdownSettings Shutdown { get; init; }

    public required NodeSettings Cluster { get; init; }

    /// <summary>Reads all sections, then the rules that join them.</summary>
    public static PikkuSettings Read(StrictReader reader)
    {
        var settings = new PikkuSettings
        {
            DetailedErrors = reader.Switch("pikku.detailed-errors"),
            StartTimeout = reader.Duration("pikku.start-timeout", Bounds.Shortest, Bounds.Day),
            Connection = ConnectionSettings.Read(reader),
            Channel = ChannelSettings.Read(reader),
            Function = FunctionSettings.Read(reader),
            Outbox = OutboxSettings.Read(reader),
            EventHub = EventHubSettings.Read(reader),
            Remote = RemoteSettings.Read(reader),
            Limits = LimitSettings.Read(reader),
            Session = SessionSettings.Read(reader),
            Upgrade = UpgradeSettings.Read(reader),
            Shutdown = ShutdownSettings.Read(reader),
            Cluster = NodeSettings.Read(reader),
        };
        reader.AtLeast(
            "pikku.connection.inbox-size", "pikku.connection.max-message-size",
            "a message of the largest size would never find room");
        reader.AtLeast(
            "pikku.connection.inbox-messages-during-call", "pikku.connection.inbox-messages",
            "an open call reads on past the usual limit, never less");
        reader.AtLeast(
            "pikku.outbox.max-size", "pikku.connection.max-message-size",
            "a reply that repeats the largest message would end its connection");
        reader.AtLeast(
            "pikku.outbox.max-size", "pikku.event-hub.max-event-size",
            "an event of the largest size would end the connection of every subscriber");
        reader.AtLeast(
            "pikku.event-hub.max-pending-size", "pikku.event-hub.max-event-size",
            "an event of the largest size would find room only when nothing else waits");
        reader.AtLeast(
            "pikku.limits.message-burst", "pikku.limits.violation-cost",
            "a single malformed message would end its connection");
        reader.AtLeast(
            "pikku.cluster.max-unacknowledged", "pikku.cluster.max-batch-size",
            "every batch would wait until the one before it is delivered");
        return settings;
    }
}
