namespace Pikku.Akka.Clients;

/// <summary>
/// Values that a loop takes one after another. The client must not stop reading for one loop, because the other messages of the
/// connection would wait; so values that arrive faster are buffered up to a limit. Beyond it, the sequence ends with an error.
/// </summary>
internal sealed class PikkuSequence<T> : IAsyncEnumerable<T>, IAsyncEnumerator<T>
{
    private readonly object _gate = new();
    private readonly Queue<PikkuItem> _values = new();
    private readonly int _limit;
    private readonly Func<PikkuItem, T> _read;
    private readonly Func<PikkuSequence<T>, Action> _start;
    private readonly CancellationTokenRegistration _canceled;
    private CancellationTokenRegistration _loopCanceled;
    private TaskCompletionSource? _waiting;
    private Action? _stop;
    private bool _isStarted;
    private bool _isTaken;
    private bool _isOver;
    private Exception? _failure;

    /// <param name="limit">The number of values that may wait for the loop.</param>
    /// <param name="read">Reads a value when the loop takes it.</param>
    /// <param name="start">Starts the source of the values; called once. Returns a function that stops the source and may be called
    /// after its end.</param>
    /// <param name="cancellationToken">Ends the sequence.</param>
    public PikkuSequence(int limit, Func<PikkuItem, T> read, Func<PikkuSequence<T>, Action> start, CancellationToken cancellationToken)
    {
        _limit = limit;
        _read = read;
        _start = start;
        _canceled = cancellationToken.Register(() => Cancel(cancellationToken));
    }

    public T Current { get; private set; } = default!;

    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_isTaken)
                throw new InvalidOperationException("The sequence can be enumerated only once.");
            _isTaken = true;
        }

        _loopCanceled = cancellationToken.Register(() => Cancel(cancellationToken));
        return this;
    }

    public void Start()
    {
        lock (_gate)
        {
            if (_isStarted || _isOver)
                return;
            _isStarted = true;
        }

        var stop = _start(this);
        lock (_gate)
        {
            if (!_isOver)
            {
                _stop = stop;
                return;
            }
        }

        stop(); // It has ended while the source started.
    }

    public async ValueTask<bool> MoveNextAsync()
    {
        Start();
        PikkuItem value;
        while (true)
        {
            Task waiting;
            lock (_gate)
            {
                if (_values.TryDequeue(out value))
                    break;
                if (_isOver)
                {
                    var failure = _failure;
                    _failure = null;
                    return failure is null ? false : throw failure;
                }

                waiting = (_waiting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            await waiting.ConfigureAwait(false);
        }

        Current = _read(value);
        return true;
    }

    public void Push(PikkuItem value)
    {
        TaskCompletionSource? waiting = null;
        bool isFull;
        lock (_gate)
        {
            if (_isOver)
                return;
            isFull = _values.Count >= _limit;
            if (!isFull)
            {
                _values.Enqueue(value);
                (waiting, _waiting) = (_waiting, null);
            }
        }

        waiting?.SetResult();
        if (isFull)
            End(new PikkuBufferOverflowException(_limit));
    }

    /// <summary>Ends the sequence after the buffered values.</summary>
    public void End(Exception? failure) => End(failure, discard: false);

    public ValueTask DisposeAsync()
    {
        End(null, discard: true);
        _canceled.Dispose();
        _loopCanceled.Dispose();
        return default;
    }

    private void Cancel(CancellationToken cancellationToken) => End(new OperationCanceledException(cancellationToken), discard: true);

    private void End(Exception? failure, bool discard)
    {
        TaskCompletionSource? waiting;
        Action? stop;
        lock (_gate)
        {
            if (discard)
                _values.Clear();
            if (_isOver)
                return;
            _isOver = true;
            _failure = failure;
            (waiting, _waiting) = (_waiting, null);
            (stop, _stop) = (_stop, null);
        }

        waiting?.SetResult();
        stop?.Invoke();
    }
}
