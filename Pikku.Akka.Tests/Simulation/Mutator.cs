using Pikku.Akka.Replication;

namespace Pikku.Akka.Tests.Simulation;

/// <summary>Breaks one rule, from outside of the code under test: it changes messages, clocks, answers and the order of calls.</summary>
internal sealed class Mutator(SimulatedCluster cluster, Mutation mutation)
{
    public bool Is(Mutation one) => mutation == one;

    public ulong OriginOf(SimulatedNode node, ulong drawn) => drawn;

    public LaneMessage? Incoming(SimulatedNode node, int sender, LaneMessage message) => message;

    public void Received(SimulatedNode node, int sender, LaneMessage message)
    {
    }

    public LaneMessage? Outgoing(SimulatedNode node, LaneMember member, LaneMessage message) => message;

    public bool Introduces(SimulatedNode node, int member, long age) => true;

    public void Removed(SimulatedNode node, int member)
    {
    }

    public void BeforeTick(SimulatedNode node)
    {
    }

    public void AfterTick(SimulatedNode node)
    {
    }

    public Stamp StampOf(SimulatedNode node) => default;

    public Stamp RemovalStamp(Stamp stamp) => stamp;

    public long NumberOf(SimulatedNode node, SimulatedEvent content, long number) => number;

    public Verdict Judge(SimulatedNode node, string topic, Position since) => node.Lane.Judge(topic, since);
}
