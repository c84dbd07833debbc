using Pikku.Akka.Replication;

namespace Pikku.Akka.Cluster;

/// <summary>The state of one lane between this node and the other nodes, a snapshot of its last change.</summary>
/// <param name="Lane">The lane.</param>
/// <param name="Sequence">The number of the next batch of this node.</param>
/// <param name="IsReady">True when the lane has everything that it needs to answer clients.</param>
/// <param name="IsComplete">True while the lane is ready, and all reachable members with the status Up are linked in both directions.</param>
/// <param name="KeptEvents">The number of events that the lane keeps for clients that come back.</param>
/// <param name="KeptBytes">The memory of these events, in bytes.</param>
/// <param name="Peers">The other nodes.</param>
internal sealed record LinkState(int Lane, long Sequence, bool IsReady, bool IsComplete, int KeptEvents, long KeptBytes, IReadOnlyList<PeerState> Peers)
{
    public static LinkState Of(int number, Lane lane)
    {
        var members = lane.Members;
        return new LinkState(
            number, members.FindLog(members.Self)?.Next ?? 0, lane.IsReady, lane.IsReady && lane.IsLinked && members.Age != long.MaxValue,
            lane.History.Count, lane.History.Size, [.. members.Others.Select(member => Of(member, members.FindLog(member.Node)))]);
    }

    private static PeerState Of(LaneMember member, OriginLog? log) => new(
        member.Name, member.IsLinked, member.IsReady, log?.Next ?? 0, log?.Lost ?? 0, log?.HeldWeight ?? 0, member.Unacknowledged, member.IsHeldBack);
}

/// <summary>The state of another node in one lane.</summary>
/// <param name="Node">The host and port of the node.</param>
/// <param name="Linked">True when both nodes receive the beats of each other.</param>
/// <param name="Ready">True when the node says that it is ready.</param>
/// <param name="Received">The number of the next batch of the node.</param>
/// <param name="Lost">The number of lost batches of the node.</param>
/// <param name="Waiting">The bytes that were received from the node and are not delivered to the outboxes of this node yet.</param>
/// <param name="Unacknowledged">The bytes that were sent to the node and that it has not acknowledged yet.</param>
/// <param name="HeldBack">True while batches for the node wait until it acknowledges earlier ones or can be reached.</param>
internal sealed record PeerState(string Node, bool Linked, bool Ready, long Received, long Lost, long Waiting, long Unacknowledged, bool HeldBack);
