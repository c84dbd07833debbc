using Akka;
using Akka.Streams;
using Akka.Streams.Dsl;

namespace Pikku.Akka.Channels;

/// <summary>
/// The graphs of a lane. Each is one fused island unless channel middleware yields. Their tasks end however the lane does, by completion,
/// failure or cancellation, so that the channel starts it again.
/// </summary>
internal static class ChannelFlow
{
    /// <summary>
    /// From the messages of a connection to the start of the function. Both stages are synchronous and neither throws: what is wrong with a
    /// message becomes its error.
    /// </summary>
    public static IRunnableGraph<Task<Done>> Inbound(LaneQueue<InboundTurn> turns) =>
        Source.FromGraph(new LaneSource<InboundTurn>(turns))
            .Select(Decode)
            .Select(Run)
            .WatchTermination(Keep.Right)
            .To(Sink.Ignore<InboundTurn>())
            .WithAttributes(Resume);

    /// <summary>
    /// From what the application sends to the outbox: one stage for each piece of channel middleware. Elements overtake each other, for
    /// one slow client must not hold up the others; the order of one connection is kept because it has one turn in the flow at a time.
    /// </summary>
    public static IRunnableGraph<Task<Done>> Outbound(
        LaneQueue<Connection> turns, IReadOnlyList<PikkuChannelMiddlewareDelegate> middleware, int parallelism) =>
        middleware
            .Aggregate(
                Source.FromGraph(new LaneSource<Connection>(turns)).Select(channel => channel.TakeTurn()),
                (flow, piece) => flow.SelectAsyncUnordered(parallelism, turn => OutboundStages.ApplyAsync(piece, turn)))
            .Select(OutboundStages.Encode)
            .WatchTermination(Keep.Right)
            .To(Sink.Ignore<OutboundTurn>())
            .WithAttributes(Resume);

    private static InboundTurn Decode(InboundTurn turn)
    {
        turn.Decode();
        return turn;
    }

    private static InboundTurn Run(InboundTurn turn)
    {
        turn.Run();
        return turn;
    }

    // No stage throws. Should one do so by a bug, the lane of many connections must not end for one element.
    private static Attributes Resume { get; } =
        ActorAttributes.CreateSupervisionStrategy(_ => global::Akka.Streams.Supervision.Directive.Resume);
}
