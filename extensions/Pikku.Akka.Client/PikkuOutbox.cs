namespace Pikku.Akka.Clients;

/// <summary>The messages that wait for a connection, and the calls that have been sent.</summary>
internal sealed class PikkuOutbox(int maxQueued)
{
    private readonly object _gate = new();
    private readonly LinkedList<PikkuOutgoing> _queue = new();
    // One for each session: a signal could otherwise wake the loop of a session that has just ended, and be lost.
    private SemaphoreSlim _waiting = new(0);
    private PikkuSession? _session;

    public PikkuCalls Calls { get; } = new(maxQueued);

    /// <summary>Sets the session that sends queued messages; null if they have to wait for the next connection.</summary>
    public void SetSession(PikkuSession? session)
    {
        lock (_gate)
            (_session, _waiting) = (session, new SemaphoreSlim(0));
    }

    public void Add(PikkuOutgoing outgoing)
    {
        lock (_gate)
        {
            if (_queue.Count >= maxQueued)
                throw new PikkuOfflineException($"{maxQueued} messages are already waiting to be sent.");
            _queue.AddLast(outgoing);
            _waiting.Release();
        }
    }

    /// <summary>Sends queued messages until the connection ends.</summary>
    public async Task SendQueuedAsync(PikkuSession session)
    {
        SemaphoreSlim waiting;
        lock (_gate)
            waiting = _waiting;
        while (true)
        {
            if (Next(session) is { } outgoing)
                await SendAsync(session, outgoing).ConfigureAwait(false);
            else
                await waiting.WaitAsync(session.Ended).ConfigureAwait(false);
            session.Ended.ThrowIfCancellationRequested();
        }
    }

    public async Task SendAsync(PikkuSession session, PikkuOutgoing outgoing)
    {
        try
        {
            if (outgoing.IsCall)
                Calls.Add(outgoing);
            await session.WriteAsync(outgoing.Data, outgoing.Type).ConfigureAwait(false);
            if (!outgoing.IsCall)
                outgoing.Complete(default);
            else if (outgoing.MarkWritten())
                Cancel(session, outgoing);
        }
        catch (Exception e) when (e is PikkuOfflineException || (e is InvalidOperationException && !session.Ended.IsCancellationRequested && e is not ObjectDisposedException))
        {
            outgoing.Fail(e);
        }
        catch (Exception e)
        {
            Calls.Abandon(outgoing);
            outgoing.Fail(new PikkuConnectionLostException(null, null, e));
        }
    }

    /// <summary>Removes a message whose caller no longer waits. A call that was sent and not answered is canceled on the server.</summary>
    public void Abandon(PikkuOutgoing outgoing, PikkuSession? session)
    {
        lock (_gate)
            _queue.Remove(outgoing);
        var isOpen = Calls.Abandon(outgoing);
        if (!outgoing.Done.IsCompleted && outgoing.MarkAbandoned() && isOpen && session is not null)
            Cancel(session, outgoing);
    }

    /// <summary>Removes and returns the messages that wait.</summary>
    public PikkuOutgoing[] Clear()
    {
        lock (_gate)
        {
            var all = _queue.ToArray();
            _queue.Clear();
            return all;
        }
    }

    private static void Cancel(PikkuSession session, PikkuOutgoing outgoing)
    {
        if (outgoing.Id is { } id)
            session.Post(Encoding.UTF8.GetBytes($$"""{"action":"pikku-cancel","id":{{id}}}"""));
    }

    private PikkuOutgoing? Next(PikkuSession session)
    {
        lock (_gate)
        {
            if (session != _session || _queue.First is not { } first)
                return null;
            _queue.RemoveFirst();
            return first.Value;
        }
    }
}
