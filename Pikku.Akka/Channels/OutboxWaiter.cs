using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

/// <summary>A sender that waits for room in an outbox.</summary>
/// <param name="outbox">The outbox.</param>
/// <param name="message">What it sends; null when the message is encoded only later, behind the channel middleware.</param>
/// <param name="weight">What the message counts for.</param>
internal sealed class OutboxWaiter(Outbox outbox, EncodedMessage? message, int weight)
    : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public EncodedMessage? Message => message;

    public int Weight => weight;

    /// <summary>It does not want to wait any longer.</summary>
    public void Cancel(CancellationToken cancellationToken) => outbox.Cancel(this, cancellationToken);
}
