namespace Pikku.Akka.Clients;

/// <summary>Sends messages with ids of their own, and waits for their answers.</summary>
internal sealed class PikkuCaller(PikkuOptions options, PikkuLife life, PikkuOutbox outbox, PikkuInbox inbox)
{
    private long _lastId;

    public string NextId() => $"p{Interlocked.Increment(ref _lastId).ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Sends a message with a new id and returns its answer.</summary>
    /// <param name="compose">Creates the message with an id.</param>
    /// <param name="timeout">The time until the answer or until its first item.</param>
    /// <param name="direct">The session that must send the message; null to send it when the connection is open.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <param name="onItem">Receives the items that come before the end of the answer.</param>
    public async Task<JsonElement> CallAsync(
        Func<string, PikkuOutgoing> compose, TimeSpan? timeout, PikkuSession? direct, CancellationToken cancellationToken, Action<JsonElement>? onItem = null)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var limit = timeout ?? options.Timeout;
        var outgoing = compose(NextId());
        using var late = new CancellationTokenSource(limit, options.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        if (onItem is not null)
            outgoing.OnItem = item => ReceiveItem(outgoing, late, item, onItem);
        life.Submit(outgoing, direct);
        try
        {
            return await outgoing.Done.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"No answer to {outgoing.Name} within {limit}.", inbox.LastError);
        }
        catch (OperationCanceledException e) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(e.Message, e, cancellationToken);
        }
        finally
        {
            // Not while an item is received, which may stop the timeout.
            if (onItem is not null)
                lock (outgoing)
                    outgoing.OnItem = null;
            outbox.Abandon(outgoing, life.Session);
        }
    }

    /// <summary>Sends a message when its first item is asked for, and returns the items of its answer.</summary>
    public IAsyncEnumerable<T> Stream<T>(
        Func<string, PikkuOutgoing> compose, Func<PikkuItem, T> read, TimeSpan? timeout, PikkuSession? direct, CancellationToken cancellationToken) =>
        new PikkuSequence<T>(
            options.MaxBuffered,
            read,
            sequence =>
            {
                var abandoned = new CancellationTokenSource();
                _ = PumpAsync(sequence, compose, timeout, direct, abandoned.Token);
                return abandoned.Cancel;
            },
            cancellationToken);

    private static void ReceiveItem(PikkuOutgoing outgoing, CancellationTokenSource late, JsonElement item, Action<JsonElement> onItem)
    {
        lock (outgoing)
        {
            if (outgoing.OnItem is null)
                return;
            late.CancelAfter(Timeout.InfiniteTimeSpan); // A stream may take any time.
        }

        onItem(item);
    }

    private async Task PumpAsync<T>(
        PikkuSequence<T> sequence, Func<string, PikkuOutgoing> compose, TimeSpan? timeout, PikkuSession? direct, CancellationToken abandoned)
    {
        try
        {
            await CallAsync(compose, timeout, direct, abandoned, item => sequence.Push(new PikkuItem(item))).ConfigureAwait(false);
            sequence.End(null);
        }
        catch (Exception e)
        {
            sequence.End(e);
        }
    }
}
