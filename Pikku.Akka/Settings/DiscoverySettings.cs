namespace Pikku.Akka.Settings;

/// <summary><c>pikku.cluster.discovery</c>: how nodes find each other that are not listed as seeds.</summary>
internal sealed record DiscoverySettings
{
    /// <summary>The value of <see cref="LabelSelector"/> when no pods are selected.</summary>
    public const string NoSelector = "none";

    /// <summary>The value of <see cref="Namespace"/> and <see cref="Api"/> for what Kubernetes gives to a pod.</summary>
    public const string Auto = "auto";

    public required int RequiredNodes { get; init; }

    public required TimeSpan StableFor { get; init; }

    public required TimeSpan Interval { get; init; }

    public required TimeSpan Timeout { get; init; }

    public required string LabelSelector { get; init; }

    public required string Namespace { get; init; }

    public required string Api { get; init; }

    public required string ServiceAccount { get; init; }

    public static DiscoverySettings Read(StrictReader reader) => new()
    {
        RequiredNodes = reader.Integer("pikku.cluster.discovery.required-nodes", 1, 1000),
        StableFor = reader.Duration("pikku.cluster.discovery.stable-for", Bounds.Shortest, Bounds.Day),
        Interval = reader.Duration("pikku.cluster.discovery.interval", Bounds.Shortest, Bounds.Day),
        Timeout = reader.Duration("pikku.cluster.discovery.timeout", Bounds.Shortest, Bounds.Day),
        LabelSelector = reader.Name("pikku.cluster.discovery.kubernetes.label-selector"),
        Namespace = reader.Name("pikku.cluster.discovery.kubernetes.namespace"),
        Api = reader.Name("pikku.cluster.discovery.kubernetes.api"),
        ServiceAccount = reader.Name("pikku.cluster.discovery.kubernetes.service-account"),
    };
}
