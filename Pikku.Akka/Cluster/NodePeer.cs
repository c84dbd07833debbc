using Akka.Actor;

namespace Pikku.Akka.Cluster;

/// <summary>
/// The state of another node, and whether it is expected to answer immediately. It is not when its link has failed, when the cluster reports it as unreachable,
/// or when nothing was received from it for some time: the failure detector of the cluster needs several seconds. Not thread-safe: the actor owns it.
/// </summary>
/// <param name="address">The address of the node.</param>
/// <param name="window">Limits the bytes in transit to the node.</param>
/// <param name="flow">Counts the bytes that are sent and handled.</param>
/// <param name="now">The current time in milliseconds.</param>
internal sealed class NodePeer(Address address, NodeWindow window, NodeFlow flow, long now)
{
    private long _heardAt = now;
    private bool _isLinkBroken;

    public Address Address { get; } = address;

    public string Name { get; } = NodeName.Of(address);

    public NodeWindow Window { get; } = window;

    public NodeFlow Flow { get; } = flow;

    /// <summary>True while the status of the node is Up.</summary>
    public bool IsUp { get; set; }

    public bool IsReachable { get; set; } = true;

    /// <summary>True while the node is expected to answer immediately. Only the methods of this type change it.</summary>
    public bool IsResponsive { get; private set; } = true;

    /// <summary>True while the node takes part in a decision of the split brain resolver.</summary>
    public bool IsVoter { get; private set; }

    /// <summary>
    /// The time at which this node sent the latest question that the node has answered (<see cref="NodeMessage.Contact"/>), in milliseconds. Until the first answer it is the time at which both became
    /// members.
    /// </summary>
    public long Contact { get; private set; } = now;

    /// <summary>Handles a change of the membership.</summary>
    public void SetVoter(bool isVoter, long now)
    {
        if (isVoter && !IsVoter)
            Answered(now);
        IsVoter = isVoter;
    }

    /// <summary>Handles the answer to a question that was sent at this time.</summary>
    public void Answered(long sentAt) => Contact = Math.Max(Contact, sentAt);

    /// <summary>Records that a message of the node was received.</summary>
    public void Heard(long now)
    {
        _heardAt = now;
        _isLinkBroken = false;
        Update(now, TimeSpan.MaxValue);
    }

    /// <summary>Records that the link to the node has failed: most likely its process has ended.</summary>
    public void LinkBroken()
    {
        _isLinkBroken = true;
        IsResponsive = false;
    }

    public void Update(long now, TimeSpan silentAfter) =>
        IsResponsive = !_isLinkBroken && IsReachable && now - _heardAt < silentAfter.TotalMilliseconds;
}
