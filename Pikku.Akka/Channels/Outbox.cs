using Pikku.Akka.Protocol;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Channels;

/// <summary>
/// What waits for one socket: whole frames, bounded in number and bytes. Any thread adds; one writer takes everything that is there.
/// Adding never waits. Holds no frame while nothing waits.
/// </summary>
/// <param name="settings">The bounds, and what happens at them.</param>
internal sealed class Outbox(OutboxSettings settings)
{
    private const int UsualCapacity = 16; // frames; a larger queue is given back when it is empty
    private const int MaxPongs = 16; // a client that measures its way sends some pings at once, and looks for the answer to each

    private readonly Lock _gate = new();
    private Queue<OutboundFrame>? _frames;
    private List<OutboundFrame>? _pongs;
    private IOutboxWriter? _writer;
    private List<TaskCompletionSource>? _waiting;
    private int _bytes;
    private bool _writing;
    private bool _completed;

    /// <summary>Frames that were dropped to make room, so far.</summary>
    public long Dropped { get; private set; }

    /// <summary>True once nothing more is taken.</summary>
    public bool IsCompleted => Volatile.Read(ref _completed);

    /// <summary>Names the one that empties the outbox; it is woken at once when something waits.</summary>
    public void AttachWriter(IOutboxWriter writer)
    {
        lock (_gate)
        {
            _writer = writer;
            if (_frames is not { Count: > 0 } && _pongs is null)
                return;
            _writing = true;
        }

        writer.Wake();
    }

    /// <summary>Adds a frame, at once.</summary>
    /// <returns>What became of it.</returns>
    public OutboxResult Add(OutboundFrame frame)
    {
        lock (_gate)
        {
            if (_completed)
            {
                frame.Return();
                return OutboxResult.Closed;
            }

            if (!HasRoom(frame.Length) && !MakeRoom(frame))
            {
                frame.Return();
                return OutboxResult.Full;
            }

            if (!Enqueue(frame))
                return OutboxResult.Added;
        }

        _writer!.Wake();
        return OutboxResult.Added;
    }

    /// <summary>
    /// Adds the answer to a ping, in front of what waits. It counts in no bound: where many wait, the latest takes the place of the one
    /// before it (RFC 6455 §5.5.3).
    /// </summary>
    public void AddPong(OutboundFrame pong)
    {
        lock (_gate)
        {
            if (_completed)
            {
                pong.Return();
                return;
            }

            _pongs ??= new List<OutboundFrame>(1);
            if (_pongs.Count == MaxPongs)
            {
                _pongs[^1].Return();
                _pongs[^1] = pong;
                return;
            }

            _pongs.Add(pong);
            if (_writing || _writer is null)
                return;
            _writing = true;
        }

        _writer.Wake();
    }

    /// <summary>Adds the last frame, whatever the bounds say: nothing is taken after it.</summary>
    public void Complete(OutboundFrame last)
    {
        lock (_gate)
        {
            if (_completed)
            {
                last.Return();
                return;
            }

            Volatile.Write(ref _completed, true);
            ReleaseWaiting();
            if (!Enqueue(last))
                return;
        }

        _writer!.Wake();
    }

    /// <summary>The socket has gone: throws away what waits and takes nothing more.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            Volatile.Write(ref _completed, true);
            ReleaseWaiting();
            while (_frames?.TryDequeue(out var frame) == true)
                frame.Return();
            _frames = null;
            _bytes = 0;
            _pongs?.ForEach(pong => pong.Return());
            _pongs = null;
            if (_writing || _writer is null)
                return;
            _writing = true;
        }

        // So that it learns that this is the end.
        _writer.Wake();
    }

    /// <summary>Takes everything that waits. False means that nothing did: the writer rests until it is woken.</summary>
    /// <param name="into">Gets the frames, in order.</param>
    /// <param name="ended">True when nothing did and nothing will.</param>
    public bool TryTake(List<OutboundFrame> into, out bool ended)
    {
        lock (_gate)
        {
            ended = false;
            if (_pongs is { } pongs)
            {
                into.AddRange(pongs);
                _pongs = null;
            }

            if (_frames is not { Count: > 0 } frames)
            {
                if (into.Count > 0)
                    return true;
                ended = _completed;
                _writing = false;
                if (_frames?.EnsureCapacity(0) > UsualCapacity)
                    _frames = null;
                return false;
            }

            while (frames.TryDequeue(out var frame))
                into.Add(frame);
            _bytes = 0;
            ReleaseWaiting();
            return true;
        }
    }

    /// <summary>Completes when a frame of this size would find room, or nothing is taken any more.</summary>
    public Task WaitForRoom(int size)
    {
        lock (_gate)
        {
            if (_completed || HasRoom(size))
                return Task.CompletedTask;
            var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            (_waiting ??= []).Add(waiting);
            return waiting.Task;
        }
    }

    // One frame always fits into an empty outbox, however large: the sizes of messages have limits of their own.
    private bool HasRoom(int size) =>
        _frames is not { Count: > 0 } frames || (frames.Count < settings.MaxMessages && _bytes + size <= settings.MaxSize);

    private bool MakeRoom(OutboundFrame frame)
    {
        switch (settings.Overflow)
        {
            case OutboxOverflow.DropOldest:
                DropEvents(frame, sameTopic: false);
                break;
            case OutboxOverflow.KeepLatest when frame.IsEvent:
                DropEvents(frame, sameTopic: true);
                break;
            default:
                return false;
        }

        return HasRoom(frame.Length);
    }

    private void DropEvents(OutboundFrame coming, bool sameTopic)
    {
        // A full turn of the queue keeps the order of those that stay.
        for (var turns = _frames!.Count; turns > 0; turns--)
        {
            // Asked while the frame is still counted: once it is out of the queue there always seems to be room for one.
            var isFull = !HasRoom(coming.Length);
            var frame = _frames.Dequeue();
            if (frame.IsEvent && (sameTopic ? frame.Topic == coming.Topic : isFull))
            {
                _bytes -= frame.Length;
                Dropped++;
                frame.Return();
            }
            else
            {
                _frames.Enqueue(frame);
            }
        }
    }

    private bool Enqueue(OutboundFrame frame)
    {
        (_frames ??= new Queue<OutboundFrame>(4)).Enqueue(frame);
        _bytes += frame.Length;
        if (_writing || _writer is null)
            return false;
        _writing = true;
        return true;
    }

    private void ReleaseWaiting()
    {
        if (_waiting is null)
            return;
        foreach (var waiting in _waiting)
            waiting.TrySetResult();
        _waiting = null;
    }
}
