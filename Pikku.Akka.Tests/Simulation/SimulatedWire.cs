using System.Globalization;
using System.Text;
using Pikku.Akka.Cluster;
using Pikku.Akka.EventHub;
using Pikku.Akka.Replication;

namespace Pikku.Akka.Tests.Simulation;

/// <summary>Sends every message of a run as the bytes that real nodes exchange. An event becomes a real event whose payload names it.</summary>
internal sealed class SimulatedWire
{
    private const int Lane = 3;
    private const int Sender = 7;
    private const int MaxBatchSize = 1_000_000;

    private readonly Dictionary<int, SimulatedEvent> _events = [];

    /// <summary>The number of messages.</summary>
    public int Count { get; private set; }

    /// <summary>Encodes a message and decodes it.</summary>
    public LaneMessage Pass(LaneMessage message)
    {
        Count++;
        if (message is LaneMessage.Batch { Content: var batch })
            return new LaneMessage.Batch(Pass(batch));
        var sent = message is LaneMessage.CopyChunk chunk ? chunk with { Topics = chunk.Topics.Select(topic => WithEvents(topic, ToReal)).ToList() } : message;
        var read = (LaneFrame)NodeWire.Read(NodeWire.ToBytes(LaneFrame.Of(Lane, Sender, sent)));
        if (read.Lane != Lane || read.Sender != Sender)
            throw new Violation("a message came from another lane or node");
        return read.Content is LaneMessage.CopyChunk copied ? copied with { Topics = copied.Topics.Select(topic => WithEvents(topic, FromReal)).ToList() } : read.Content;
    }

    private SimulatedBatch Pass(ReplicatedBatch batch)
    {
        var events = batch.Read();
        var origin = events.Select(static content => content.Origin).FirstOrDefault(static origin => origin != default);
        var writer = new OutboundBatch(batch.Node, origin, Lane, MaxBatchSize);
        foreach (var content in events)
            writer.Add(ToReal(content));
        var read = (HubBatch)NodeWire.Read(NodeWire.ToBytes(writer.Take(batch.Sequence)));
        if (read.Lane != Lane || read.IsAcknowledgedAtOnce != batch.IsAcknowledgedAtOnce)
            throw new Violation("a batch has changed on its way");
        return new SimulatedBatch(read.Node, read.Sequence, read.Read().Select(FromReal).ToList());
    }

    private ReplicatedEvent ToReal(ReplicatedEvent content)
    {
        var simulated = (SimulatedEvent)content;
        _events.TryAdd(simulated.Uid, simulated);
        var message = EventNumber.Allocate(Encoding.UTF8.GetBytes($"{simulated.Uid}}}")); // the number replaces the brace
        var real = new HubEvent(simulated.Topic, message.Memory[..^1], message)
        {
            Except = simulated.Except is { } except ? $"client{except}" : null, Write = simulated.Write, IsReplicated = simulated.IsReplicated,
        };
        if (simulated.Number != 0)
            real.SetNumber(simulated.Origin, simulated.Number);
        return real;
    }

    private ReplicatedEvent FromReal(ReplicatedEvent content)
    {
        var read = (HubEvent)content;
        var sent = _events[int.Parse(read.Payload.Span, CultureInfo.InvariantCulture)];
        var isSame = read.Topic == sent.Topic && read.Number == sent.Number && (read.Number == 0 || read.Origin == sent.Origin) && read.IsReplicated == sent.IsReplicated
            && read.Except == (sent.Except is { } except ? $"client{except}" : null) && IsSame(read.Write, sent.Write);
        return isSame ? sent : throw new Violation($"an event has changed on its way: {sent}");
    }

    private static bool IsSame(KeyedWrite? read, KeyedWrite? sent) =>
        read is null || sent is null
            ? read == sent
            : read.Key == sent.Key && read.Stamp == sent.Stamp && read.Base == sent.Base && read.Owner == sent.Owner && SimulatedValue.Read(read.Value) == SimulatedValue.Read(sent.Value);

    private static TopicPicture WithEvents(TopicPicture topic, Func<ReplicatedEvent, ReplicatedEvent> change) =>
        topic with { Events = topic.Events.Select(kept => (change(kept.Event), kept.Age)).ToList() };
}
