namespace Pikku.Akka.Clients;

/// <summary>A handler of the application that follows the events of a topic.</summary>
internal sealed class PikkuCallback(Action<PikkuItem> handler, PikkuSubscriptionOptions options, Action<Exception> report) : PikkuSubscriber
{
    public override void Receive(PikkuItem item) => handler(item);

    public override void Start() => options.OnSubscribed?.Invoke();

    public override void Lose(PikkuEventsLostException loss)
    {
        if (options.OnLost is { } handleLoss)
            handleLoss(loss);
        else if (loss.Reason != PikkuLossReason.NoHistory)
            report(loss); // A topic without history loses events with each connection, which the route reports (PikkuStateChange.Missed).
    }

    public override void Deny(PikkuException error) => (options.OnDenied ?? report)(error);

    public override void End(PikkuException error) => (options.OnEnded ?? report)(error);
}
