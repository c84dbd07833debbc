using Akka.Actor;

namespace Pikku.Akka.Cluster;

/// <summary>The name of a node in logs, reports and gaps: its host and port.</summary>
internal static class NodeName
{
    public static string Of(Address address) => $"{address.Host}:{address.Port}";
}
