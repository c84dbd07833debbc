namespace Pikku.Akka.Settings;

/// <summary><c>pikku.limits</c>: how much one client, one address and the whole node may take.</summary>
internal sealed record LimitSettings
{
    public required int MessagesPerSecond { get; init; }

    public required int MessageBurst { get; init; }

    public required int ViolationCost { get; init; }

    public required int ConnectionsPerNode { get; init; }

    public required int ConnectionsPerAddress { get; init; }

    public required int SubscriptionsPerConnection { get; init; }
}
