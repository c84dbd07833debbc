using Akka.Actor;

namespace Pikku.Akka.Cluster;

/// <summary>
/// Another node, and whether it can be expected to answer at once. It is not when its link failed, when it is unreachable as the cluster says, or when
/// nothing came from it for a while: the failure detector takes seconds to find out. Not thread-safe: the actor owns it.
/// </summary>
/// <param name="address">Where it is.</param>
/// <param name="window">What is on its way to it.</param>
/// <param name="flow">Counts what is sent and handled.</param>
/// <param name="now">The time in milliseconds.</param>
internal sealed class NodePeer(Address address, NodeWindow window, NodeFlow flow, long now)
{
    private long _heardAt = now;
    private bool _isLinkBroken;

    public Address Address { get; } = address;

    public string Name { get; } = NodeName.Of(address);

    public NodeWindow Window { get; } = window;

    public NodeFlow Flow { get; } = flow;

    /// <summary>True while it is a full member.</summary>
    public bool IsUp { get; set; }

    public bool IsReachable { get; set; } = true;

    /// <summary>True while its answer is worth waiting for. Changes with <see cref="Update"/> and the other methods only.</summary>
    public bool IsResponsive { get; private set; } = true;

    /// <summary>Something came from it.</summary>
    public void Heard(long now)
    {
        _heardAt = now;
        _isLinkBroken = false;
        Update(now, TimeSpan.MaxValue);
    }

    /// <summary>The link to it has failed: it has most likely gone.</summary>
    public void LinkBroken()
    {
        _isLinkBroken = true;
        IsResponsive = false;
    }

    public void Update(long now, TimeSpan silentAfter) =>
        IsResponsive = !_isLinkBroken && IsReachable && now - _heardAt < silentAfter.TotalMilliseconds;
}
