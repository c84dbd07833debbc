using Akka.Actor;
using Akka.Cluster;

namespace Pikku.Akka.Cluster;

/// <summary>
/// Another node, and whether it can be expected to answer at once. It is not when its link failed, when it is unreachable as the cluster says, or when
/// nothing came from it for a while: the failure detector takes seconds to find out what that tells. Not thread-safe: the actor owns it.
/// </summary>
/// <param name="member">The node.</param>
/// <param name="actor">Its <see cref="NodeActor"/>.</param>
/// <param name="window">What is on its way to it.</param>
/// <param name="now">The time in milliseconds.</param>
internal sealed class NodePeer(Member member, IActorRef actor, NodeWindow window, long now)
{
    private long _heardAt = now;
    private bool _isLinkBroken;

    public IActorRef Actor { get; } = actor;

    public Member Member { get; set; } = member;

    public NodeWindow Window { get; } = window;

    /// <summary>How many bytes of messages it was sent.</summary>
    public long Sent { get; set; }

    /// <summary>How many bytes of messages came from it, those that were lost included.</summary>
    public long Got { get; set; }

    /// <summary>How many of them it has been told of.</summary>
    public long Told { get; set; }

    public bool IsReachable { get; set; } = true;

    /// <summary>True while its answer is worth waiting for. Changes with <see cref="Look"/> and the other methods only.</summary>
    public bool IsResponsive { get; private set; } = true;

    public void Heard(long now)
    {
        _heardAt = now;
        _isLinkBroken = false;
        Look(now, TimeSpan.MaxValue);
    }

    /// <summary>The link to it has failed: it has most likely gone.</summary>
    public void LinkBroken()
    {
        _isLinkBroken = true;
        IsResponsive = false;
    }

    public void Look(long now, TimeSpan silentAfter) =>
        IsResponsive = !_isLinkBroken && IsReachable && now - _heardAt < silentAfter.TotalMilliseconds;
}
