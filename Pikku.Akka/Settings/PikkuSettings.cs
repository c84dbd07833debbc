namespace Pikku.Akka.Settings;

/// <summary>All settings under <c>pikku</c>; <c>reference.conf</c> explains each key.</summary>
internal sealed record PikkuSettings
{
    public required bool DetailedErrors { get; init; }

    public required TimeSpan StartTimeout { get; init; }

    public required ConnectionSettings Connection { get; init; }

    public required ChannelSettings Channel { get; init; }

    public required FunctionSettings Function { get; init; }

    public required DispatchSettings Dispatch { get; init; }

    public required OutboxSettings Outbox { get; init; }

    public required CompressionSettings Compression { get; init; }

    public required EventHubSettings EventHub { get; init; }

    public required HistorySettings History { get; init; }

    public required RemoteSettings Remote { get; init; }

    public required LimitSettings Limits { get; init; }

    public required SessionSettings Session { get; init; }

    public required UpgradeSettings Upgrade { get; init; }

    public required EventStreamSettings EventStream { get; init; }

    public required ShutdownSettings Shutdown { get; init; }

    public required ApiSettings Api { get; init; }

    public required TraceSettings Trace { get; init; }

    public required ConsoleSettings Console { get; init; }

    public required WatchSettings Watch { get; init; }

    public required NodeSettings Cluster { get; init; }

    /// <summary>Reads all sections, then checks the rules between settings.</summary>
    public static PikkuSettings Read(StrictReader reader)
    {
        var settings = new PikkuSettings
        {
            DetailedErrors = reader.Switch("pikku.detailed-errors"),
            StartTimeout = reader.Duration("pikku.start-timeout", Bounds.Shortest, Bounds.Day),
            Connection = ConnectionSettings.Read(reader),
            Channel = ChannelSettings.Read(reader),
            Function = FunctionSettings.Read(reader),
            Dispatch = DispatchSettings.Read(reader),
            Outbox = OutboxSettings.Read(reader),
            Compression = CompressionSettings.Read(reader),
            EventHub = EventHubSettings.Read(reader),
            History = HistorySettings.Read(reader),
            Remote = RemoteSettings.Read(reader),
            Limits = LimitSettings.Read(reader),
            Session = SessionSettings.Read(reader),
            Upgrade = UpgradeSettings.Read(reader),
            EventStream = EventStreamSettings.Read(reader),
            Shutdown = ShutdownSettings.Read(reader),
            Api = ApiSettings.Read(reader),
            Trace = TraceSettings.Read(reader),
            Console = ConsoleSettings.Read(reader),
            Watch = WatchSettings.Read(reader),
            Cluster = NodeSettings.Read(reader),
        };
        reader.AtLeast(
            "pikku.connection.inbox-size", "pikku.connection.max-message-size",
            "a message of the largest size would never fit");
        reader.AtLeast(
            "pikku.connection.inbox-messages-during-call", "pikku.connection.inbox-messages",
            "during an open call the limit is raised, never lowered");
        reader.AtLeast(
            "pikku.outbox.max-size", "pikku.connection.max-message-size",
            "a reply that repeats the largest message would close its connection");
        reader.AtLeast(
            "pikku.outbox.max-size", "pikku.event-hub.max-event-size",
            "an event of the largest size would close the connection of every subscriber");
        reader.AtLeast(
            "pikku.event-hub.max-pending-size", "pikku.event-hub.max-event-size",
            "an event of the largest size would be accepted only when nothing else waits");
        reader.AtLeast(
            "pikku.limits.message-burst", "pikku.limits.violation-cost",
            "a single malformed message would close its connection");
        reader.AtLeast(
            "pikku.cluster.max-unacknowledged", "pikku.cluster.max-batch-size",
            "every batch would wait until the previous one is delivered");
        return settings;
    }
}
