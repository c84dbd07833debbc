using Akka;
using Akka.Streams;
using Akka.Streams.Dsl;

namespace Pikku.Akka.Channels;

/// <summary>
/// The stream graphs of a lane. Each is one fused island unless channel middleware runs asynchronously. The task of a graph completes when the lane ends
/// for any reason (completion, failure or cancellation), so that the channel restarts it.
/// </summary>
internal static class ChannelFlow
{
    /// <summary>
    /// Processes inbound turns from the queue up to the start of the function. Both stages are synchronous, and neither throws: a decoding problem becomes
    /// the error of its message.
    /// </summary>
    public static IRunnableGraph<Task<Done>> Inbound(LaneQueue<InboundTurn> turns) =>
        Source.FromGraph(turns)
            .Select(turn => turn.Decode())
            .Select(turn => turn.Run())
            .WatchTermination(Keep.Right)
            .To(Sink.Ignore<InboundTurn>())
            .WithAttributes(Resume);

    /// <summary>
    /// Processes outbound items up to the outbox, with one stage for each piece of channel middleware. Turns of different connections may overtake each
    /// other, so that one slow client does not delay the others. The order within a connection is kept because a connection has at most one turn in the flow.
    /// </summary>
    public static IRunnableGraph<Task<Done>> Outbound(
        LaneQueue<Connection> turns, IReadOnlyList<PikkuChannelMiddlewareDelegate> middleware, int parallelism) =>
        middleware
            .Aggregate(
                Source.FromGraph(turns).Select(connection => connection.TakeTurn()),
                (flow, piece) => flow.SelectAsyncUnordered(parallelism, turn => turn.ApplyAsync(piece)))
            .Select(turn => turn.Encode())
            .WatchTermination(Keep.Right)
            .To(Sink.Ignore<OutboundTurn>())
            .WithAttributes(Resume);

    // No stage throws by design. If a bug makes one throw, the lane skips that element and continues, because it serves many connections.
    private static Attributes Resume { get; } =
        ActorAttributes.CreateSupervisionStrategy(_ => global::Akka.Streams.Supervision.Directive.Resume);
}
