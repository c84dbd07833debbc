using Akka.Actor;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;

namespace Pikku.Akka.Dispatch;

/// <summary>The queue of a <see cref="SparseMailbox"/>: many threads add messages, the mailbox takes them in order of arrival.</summary>
internal sealed class SparseMessageQueue : IMessageQueue, IUnboundedMessageQueueSemantics
{
    private const int UsualCapacity = 16; // messages; more capacity is released when the queue is empty

    private readonly Queue<Envelope> _waiting = new();
    private int _count;

    /// <summary>Read by the mailbox, without the lock, after it has become idle.</summary>
    public bool HasMessages => Count > 0;

    public int Count => Volatile.Read(ref _count);

    public void Enqueue(IActorRef receiver, Envelope envelope)
    {
        lock (_waiting)
        {
            _waiting.Enqueue(envelope);
            Volatile.Write(ref _count, _waiting.Count);
        }
    }

    public bool TryDequeue(out Envelope envelope)
    {
        if (!HasMessages)
        {
            envelope = default;
            return false;
        }

        lock (_waiting)
        {
            if (!_waiting.TryDequeue(out envelope))
                return false;
            Volatile.Write(ref _count, _waiting.Count);
            if (_waiting.Count == 0 && _waiting.Capacity > UsualCapacity)
                _waiting.TrimExcess();
            return true;
        }
    }

    public void CleanUp(IActorRef owner, IMessageQueue deadletters)
    {
        while (TryDequeue(out var envelope))
            deadletters.Enqueue(owner, envelope);
    }
}
