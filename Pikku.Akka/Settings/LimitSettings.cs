namespace Pikku.Akka.Settings;

/// <summary><c>pikku.limits</c>: the limits for one client, one address and the whole node.</summary>
internal sealed record LimitSettings
{
    public required int MessagesPerSecond { get; init; }

    public required int MessageBurst { get; init; }

    public required int ViolationCost { get; init; }

    public required int ControlFramesPerSecond { get; init; }

    public required int ConnectionsPerNode { get; init; }

    public required int ConnectionsPerAddress { get; init; }

    public required int Ipv6Prefix { get; init; }

    public required int SubscriptionsPerConnection { get; init; }

    public static LimitSettings Read(StrictReader reader) => new()
    {
        MessagesPerSecond = reader.Integer("pikku.limits.messages-per-second", 1, Bounds.Queue),
        MessageBurst = reader.Integer("pikku.limits.message-burst", 1, Bounds.Queue),
        ViolationCost = reader.Integer("pikku.limits.violation-cost", 1, Bounds.Queue),
        ControlFramesPerSecond = reader.Integer("pikku.limits.control-frames-per-second", 1, Bounds.Queue),
        ConnectionsPerNode = reader.Integer("pikku.limits.connections-per-node", 1, 10_000_000),
        ConnectionsPerAddress = reader.Integer("pikku.limits.connections-per-address", 1, 10_000_000),
        Ipv6Prefix = reader.Integer("pikku.limits.ipv6-prefix", 1, 128),
        SubscriptionsPerConnection = reader.Integer("pikku.limits.subscriptions-per-connection", 1, Bounds.Queue),
    };
}
