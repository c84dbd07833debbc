using System.Globalization;
using Akka.Actor;

namespace Pikku.Akka.Cluster;

/// <summary>The name of a node in logs, reports and gaps: its host and port.</summary>
internal static class NodeName
{
    public static string Of(Address address) => $"{address.Host}:{address.Port}";

    /// <summary>The address of the node with this name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="other">The address of any node of the same cluster.</param>
    public static Address AddressOf(string name, Address other)
    {
        var colon = name.LastIndexOf(':');
        return new Address(other.Protocol, other.System, name[..colon], int.Parse(name.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture));
    }
}
