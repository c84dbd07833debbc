using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

/// <summary>A sender that waits for room in an outbox.</summary>
/// <param name="outbox">The outbox.</param>
/// <param name="frame">What it sends; null when channel middleware makes a frame of it only later.</param>
/// <param name="weight">What the frame counts for.</param>
internal sealed class OutboxWaiter(Outbox outbox, OutboundFrame? frame, int weight)
    : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public OutboundFrame? Frame => frame;

    public int Weight => weight;

    /// <summary>It does not want to wait any longer.</summary>
    public void Cancel(CancellationToken cancellationToken) => outbox.Cancel(this, cancellationToken);
}
