namespace Pikku.Akka.Replication;

/// <summary>What a <see cref="Lane"/> causes. The calls come in order, within the call of the lane that causes them. An implementation must not call the lane.</summary>
internal interface ILaneOutput
{
    /// <summary>The number of other members that are expected to answer at once.</summary>
    int Responsive => int.MaxValue;

    /// <summary>Sends a message to the same lane of another node. It may be lost.</summary>
    void Send(LaneMember member, LaneMessage message);

    /// <summary>Hands an event to the subscribers of this node. Must not throw.</summary>
    /// <param name="content">The event.</param>
    /// <param name="isCurrent">False when the event writes a key to which a later write is known, so that clients get only its number.</param>
    /// <returns>The number of subscribers, which the budget of <see cref="Lane.Deliver"/> counts.</returns>
    int Deliver(ReplicatedEvent content, bool isCurrent);

    /// <summary>Sends the position of a topic to its subscribers, because events of the topic are lost: they notice it at once.</summary>
    void Refresh(string topic);

    /// <summary>Reports that batches of another node are lost, because no member keeps them any more.</summary>
    void Lost(string node, long batches);

    /// <summary>Completes a publish that waited for another node.</summary>
    void Replicated(ReplicatedEvent content);

    /// <summary>Creates the event that removes an entry whose owner is gone or whose lifetime is over.</summary>
    ReplicatedEvent CreateRemoval(string topic, string key, KeyedEntry entry, Stamp stamp);

    /// <summary>Reports that the other members have given this node up. It has to end its process.</summary>
    void GivenUp();

    /// <summary>Reports that a batch of a node can't be read. Its events are lost.</summary>
    void Unreadable(int node, InvalidDataException error);

    /// <summary>Reports that batches for a member have to wait, or that none waits any more; see <see cref="LaneMember.IsHeldBack"/>.</summary>
    void Paced(LaneMember member);
}
