namespace Pikku.Akka.Testing;

/// <summary>The settings of a node of a cluster in one process.</summary>
/// <param name="Settings">The settings of Pikku, as keys of the configuration.</param>
/// <param name="Akka">The settings of Akka.</param>
internal sealed record ClusterNode(IReadOnlyDictionary<string, string> Settings, string Akka);
