using Pikku.Akka.Cluster;

namespace Pikku.Akka.Inspection;

/// <summary>The link of a node with another one, over all lanes of the event hub.</summary>
/// <param name="Peer">The other node.</param>
/// <param name="IsLinked">True when both nodes hear each other in all lanes.</param>
/// <param name="Sent">The number of batches that this node has published.</param>
/// <param name="Received">The number of batches of the other node that this node has received.</param>
/// <param name="Lost">The number of batches of the other node that are lost.</param>
/// <param name="Waiting">The bytes of the other node that wait for delivery on this node.</param>
/// <param name="Unacknowledged">The bytes that the other node has not acknowledged.</param>
/// <param name="IsHeldBack">True while batches for the other node wait in at least one lane.</param>
internal sealed record NodeLink(string Peer, bool IsLinked, long Sent, long Received, long Lost, long Waiting, long Unacknowledged, bool IsHeldBack)
{
    public static IReadOnlyList<NodeLink> Of(IReadOnlyList<LinkState> lanes)
    {
        var sent = lanes.Sum(lane => lane.Sequence);
        return
        [
            .. lanes.SelectMany(lane => lane.Peers).GroupBy(peer => peer.Node, StringComparer.Ordinal).Select(peer => new NodeLink(
                    peer.Key, peer.All(lane => lane.Linked), sent, peer.Sum(lane => lane.Received), peer.Sum(lane => lane.Lost), peer.Sum(lane => lane.Waiting),
                    peer.Sum(lane => lane.Unacknowledged), peer.Any(lane => lane.HeldBack)))
                .OrderBy(link => link.Peer, StringComparer.Ordinal),
        ];
    }
}
