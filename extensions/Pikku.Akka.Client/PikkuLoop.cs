namespace Pikku.Akka.Clients;

/// <summary>A loop over the events of a topic. It ends with an error when events are missing, unless it receives the state instead.</summary>
internal sealed class PikkuLoop<T>(PikkuSequence<T> sequence, bool needsState) : PikkuSubscriber
{
    public override bool NeedsState => needsState;

    public override void Receive(PikkuItem item) => sequence.Push(item);

    public override void Lose(PikkuEventsLostException loss) => sequence.End(loss);

    public override void Interrupt(Exception error, bool canResume)
    {
        if (!canResume)
            sequence.End(error);
    }

    public override void Deny(PikkuException error) => sequence.End(error.Copy(null));

    public override void End(PikkuException error) => sequence.End(error.Copy(null));

    public override void Fail(Exception error) => sequence.End(error);
}
