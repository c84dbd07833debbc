namespace Pikku.Akka.Settings;

/// <summary><c>pikku.cluster.discovery.kubernetes</c>: which pods are nodes, and how the API server is reached.</summary>
internal sealed record KubernetesSettings
{
    /// <summary>The value of <see cref="LabelSelector"/> when no pods are selected, and of <see cref="Namespace"/> and <see cref="Api"/> for what Kubernetes tells the pod.</summary>
    public const string None = "none";

    public required string LabelSelector { get; init; }

    public required string Namespace { get; init; }

    public required string Api { get; init; }

    public required string ServiceAccount { get; init; }

    public static KubernetesSettings Read(StrictReader reader) => new()
    {
        LabelSelector = reader.Name("pikku.cluster.discovery.kubernetes.label-selector"),
        Namespace = reader.Name("pikku.cluster.discovery.kubernetes.namespace"),
        Api = reader.Name("pikku.cluster.discovery.kubernetes.api"),
        ServiceAccount = reader.Name("pikku.cluster.discovery.kubernetes.service-account"),
    };
}
