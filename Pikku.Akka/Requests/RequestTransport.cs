using System.IO.Pipelines;
using Pikku.Akka.Channels;
using Pikku.Akka.Dispatch;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Requests;

/// <summary>
/// A transport whose connection lasts as long as its request, and the only writer of its client. It is idle until the outbox wakes it. Then it takes all waiting
/// messages and writes them together. It runs on the thread pool and holds no buffer and no thread while it is idle. Derived classes write the messages in their
/// format.
/// </summary>
/// <param name="cutoff">Aborts the request.</param>
internal abstract class RequestTransport(RequestCutoff cutoff) : IConnectionTransport, IThreadPoolWorkItem
{
    private readonly List<EncodedMessage> _taken = [];
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITransportReport _report = null!; // set by Start
    private int _woken;

    /// <inheritdoc/>
    public abstract string Kind { get; }

    /// <inheritdoc/>
    public string? Address => cutoff.Address?.ToString();

    /// <inheritdoc cref="IConnectionTransport.ServesOneSubscription"/>
    public virtual bool ServesOneSubscription => false;

    /// <inheritdoc cref="IConnectionTransport.KeepsPosition"/>
    public virtual bool KeepsPosition => false;

    /// <summary>Completes when the close message has been written or writing has failed.</summary>
    public Task Done => _done.Task;

    /// <summary>True when messages may be written.</summary>
    protected virtual bool IsWritable => true;

    protected Outbox Outbox { get; private set; } = null!; // set by Start

    public void Start(Outbox outbox, ITransportReport report) => (Outbox, _report) = (outbox, report);

    // Runs after all other work of the thread: the more messages wait by then, the fewer writes are needed.
    public void Write()
    {
        Volatile.Write(ref _woken, 1);
        Cascade.RunLast(this);
    }

    public void WriteNow() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    public void Ping() => Outbox.Add(EncodedMessage.Ping);

    public void Abort() => cutoff.Abort();

    /// <summary>Called when the request ends. Later calls of <see cref="Abort"/> have no effect.</summary>
    public void Release() => cutoff.Disarm();

    // After WriteNow the transport is queued twice: to the thread pool and at the end of a cascade. The first run does the work.
    public void Execute()
    {
        if (IsWritable && Interlocked.Exchange(ref _woken, 0) != 0)
            _ = WriteAllAsync();
    }

    /// <summary>Writes the messages to the client. Does not return them to their pool.</summary>
    /// <returns>The number of bytes that were written.</returns>
    protected abstract ValueTask<long> WriteAsync(List<EncodedMessage> messages);

    /// <summary>Awaits a flush, and fails when the client is gone, because the writers of servers do not.</summary>
    protected static ValueTask WrittenAsync(ValueTask<FlushResult> flush)
    {
        if (!flush.IsCompletedSuccessfully)
            return AwaitAsync(flush);
        Check(flush.Result);
        return default;

        static async ValueTask AwaitAsync(ValueTask<FlushResult> flush) => Check(await flush);

        static void Check(FlushResult result)
        {
            if (result.IsCompleted || result.IsCanceled)
                throw new IOException("The client has ended the request.");
        }
    }

    /// <summary>Discards all messages of a connection that has written nothing and never will.</summary>
    protected void Discard()
    {
        Outbox.Abandon();
        _done.TrySetResult();
    }

    private async Task WriteAllAsync()
    {
        try
        {
            bool ended;
            while (Outbox.TryTake(_taken, out ended))
            {
                _report.Written(await WriteAsync(_taken));
                foreach (var message in _taken)
                    message.Return();
                _taken.Clear();
            }

            // The outbox may have started another run by now, which uses the same fields. Only completing _done is safe here.
            if (ended)
                _done.TrySetResult();
        }
        catch (Exception e)
        {
            // The peer is gone. The connection ends too. The arrays of the taken messages are not returned to their pools, because the server
            // may still use them after a failed write; the garbage collector frees them.
            _taken.Clear();
            Outbox.Abandon();
            try
            {
                _report.Failed(e);
            }
            finally
            {
                // The connection must end even if the logger throws.
                _done.TrySetResult();
            }
        }
    }
}
