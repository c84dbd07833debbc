using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

/// <summary>A sender that waits for room in an outbox.</summary>
/// <param name="outbox">The outbox.</param>
/// <param name="message">The message to send; null when the message will be encoded later, after the channel middleware.</param>
/// <param name="weight">The weight of the message.</param>
internal sealed class OutboxWaiter(Outbox outbox, EncodedMessage? message, int weight)
    : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public EncodedMessage? Message => message;

    public int Weight => weight;

    /// <summary>Stops waiting because the token was canceled.</summary>
    public void Cancel(CancellationToken cancellationToken) => outbox.Cancel(this, cancellationToken);
}
