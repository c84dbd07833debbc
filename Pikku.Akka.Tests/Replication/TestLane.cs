using Pikku.Akka.Replication;
using Pikku.Akka.Tests.Support;

namespace Pikku.Akka.Tests.Replication;

/// <summary>A lane whose messages and deliveries a test reads.</summary>
internal sealed class TestLane : ILaneOutput
{
    public TestLane(int node, ManualTime time)
    {
        Node = node;
        Lane = new Lane(
            node, new LaneHistory(new Origin((ulong)node), TestSettings.History, 1, static _ => TestSettings.Topic, time), new TestBatchWriter(node),
            TestSettings.Limits, this, new Random(node));
    }

    public int Node { get; }

    public Lane Lane { get; }

    public List<(int To, LaneMessage Message)> Sent { get; } = [];

    public List<ReplicatedEvent> Delivered { get; } = [];

    public List<string> Refreshed { get; } = [];

    public List<ReplicatedEvent> Replicated { get; } = [];

    public bool IsGivenUp { get; private set; }

    /// <summary>Makes this node a member that is alone and ready.</summary>
    public TestLane Found()
    {
        Lane.SetMember(Node, $"node{Node}", Node);
        Lane.Tick();
        return this;
    }

    public void Join(int node) => Lane.SetMember(node, $"node{node}", node);

    /// <summary>Returns the messages that were sent since the last call, and delivers what can be delivered.</summary>
    public List<T> Take<T>() where T : LaneMessage
    {
        while (Lane.CanDeliver)
            Lane.Deliver(int.MaxValue);
        var messages = Sent.Select(static sent => sent.Message).OfType<T>().ToList();
        Sent.Clear();
        return messages;
    }

    public TestEvent Publish(string topic)
    {
        var content = new TestEvent(topic);
        Lane.Publish(content, TestSettings.Topic);
        return content;
    }

    void ILaneOutput.Send(LaneMember member, LaneMessage message) => Sent.Add((member.Node, message));

    int ILaneOutput.Deliver(ReplicatedEvent content, bool isCurrent)
    {
        Delivered.Add(content);
        return 0;
    }

    void ILaneOutput.Refresh(string topic) => Refreshed.Add(topic);

    void ILaneOutput.Lost(string node, long batches)
    {
    }

    void ILaneOutput.Replicated(ReplicatedEvent content) => Replicated.Add(content);

    ReplicatedEvent ILaneOutput.CreateRemoval(string topic, string key, KeyedEntry entry, Stamp stamp) =>
        new TestEvent(topic) { Write = new KeyedWrite(key, null, entry.Owner) { Stamp = stamp } };

    void ILaneOutput.GivenUp() => IsGivenUp = true;

    void ILaneOutput.Unreadable(int node, InvalidDataException error)
    {
    }

    void ILaneOutput.Paced(LaneMember member)
    {
    }
}
