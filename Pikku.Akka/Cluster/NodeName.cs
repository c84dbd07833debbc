using Akka.Actor;

namespace Pikku.Akka.Cluster;

/// <summary>What a node is called in logs, reports and gaps: host and port.</summary>
internal static class NodeName
{
    public static string Of(Address address) => $"{address.Host}:{address.Port}";
}
