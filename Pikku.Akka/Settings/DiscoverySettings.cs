namespace Pikku.Akka.Settings;

/// <summary><c>pikku.cluster.discovery</c>: how nodes find each other that are not listed as seeds.</summary>
internal sealed record DiscoverySettings
{
    public required int RequiredNodes { get; init; }

    public required TimeSpan StableFor { get; init; }

    public required TimeSpan Interval { get; init; }

    public required TimeSpan Timeout { get; init; }

    public required KubernetesSettings Kubernetes { get; init; }

    public static DiscoverySettings Read(StrictReader reader) => new()
    {
        RequiredNodes = reader.Integer("pikku.cluster.discovery.required-nodes", 1, 1000),
        StableFor = reader.Duration("pikku.cluster.discovery.stable-for", Bounds.Shortest, Bounds.Day),
        Interval = reader.Duration("pikku.cluster.discovery.interval", Bounds.Shortest, Bounds.Day),
        Timeout = reader.Duration("pikku.cluster.discovery.timeout", Bounds.Shortest, Bounds.Day),
        Kubernetes = KubernetesSettings.Read(reader),
    };
}
