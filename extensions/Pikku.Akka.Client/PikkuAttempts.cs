namespace Pikku.Akka.Clients;

/// <summary>Opens one connection after another until the route is closed.</summary>
/// <param name="options">The options.</param>
/// <param name="life">The state of the route.</param>
/// <param name="dialer">Opens connections.</param>
/// <param name="preparation">Prepares connections.</param>
/// <param name="caller">Creates the ids of requests.</param>
/// <param name="outbox">Sends the messages.</param>
/// <param name="inbox">Receives the messages.</param>
/// <param name="ended">Canceled when the client closes the route.</param>
internal sealed class PikkuAttempts(
    PikkuOptions options, PikkuLife life, PikkuDialer dialer, PikkuPreparation preparation, PikkuCaller caller, PikkuOutbox outbox, PikkuInbox inbox,
    CancellationToken ended)
{
    // A connection that ends sooner counts as a failure. Otherwise a client that is accepted and disconnected at once would
    // reconnect without a pause.
    private static readonly TimeSpan s_stable = TimeSpan.FromSeconds(5);

    /// <summary>The error with which the last connection ended; null for none.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Connects until the route is closed.</summary>
    /// <param name="previous">The state before.</param>
    public async Task RunAsync(PikkuState previous)
    {
        try
        {
            await AttemptUntilClosedAsync(previous).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // For example, options with delays that no timer supports. Callers must not wait forever.
            life.End(new PikkuClosedException($"The client has failed: {e.Message}", e), new PikkuEnd(null, null, e));
        }
    }

    private async Task AttemptUntilClosedAsync(PikkuState previous)
    {
        life.Emit(new PikkuStateChange(PikkuState.Connecting, previous));
        PikkuEnd? refused = null;
        var wasRefused = false;
        for (var failures = 0; ; failures++)
        {
            if (failures > 0 && !life.TrySet(PikkuState.Connecting))
                return;
            var end = await AttemptAsync(refused).ConfigureAwait(false);
            var wasStable = life.OpenedAt is { } opened && options.Clock.GetElapsedTime(opened) >= s_stable;
            if (wasStable)
                (failures, wasRefused) = (0, false);
            end = end with { Error = end.Error ?? inbox.LastError, WasAccepted = inbox.IsAccepted, WasStable = wasStable, WasRefused = wasRefused };
            Failure = end.Error;
            var next = end.Next(options);
            if (!options.Reconnect || failures >= options.MaxAttempts || next == PikkuNext.Stop)
            {
                life.End(new PikkuClosedException($"The connection has ended: {end.Describe()}", end.Error), end);
                return;
            }

            refused = next == PikkuNext.RetryWithNewToken ? end : null;
            wasRefused |= refused is not null;
            FailConnecting(end, refused is not null);
            life.Lose(new PikkuConnectionLostException(end.Code, end.Reason, end.Error), isFinal: false);
            var delay = end.Delay(options, failures, Random.Shared.NextDouble());
            if (!life.TrySet(PikkuState.Waiting, end, delay) || !await WaitAsync(delay).ConfigureAwait(false))
                return;
        }
    }

    /// <summary>A failure of <c>onConnect</c> is an answer to <see cref="PikkuConnection.ConnectAsync"/>, although another attempt may
    /// succeed.</summary>
    private void FailConnecting(PikkuEnd end, bool isTokenRefused)
    {
        if (!isTokenRefused && end.Refusal is { Status: > 0 } refusal and not PikkuRefusedException)
            life.FailConnecting(refusal);
    }

    private async Task<bool> WaitAsync(TimeSpan delay)
    {
        try
        {
            await Task.Delay(delay, options.Clock, ended).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Runs one connection from its opening to its end.</summary>
    private async Task<PikkuEnd> AttemptAsync(PikkuEnd? refused)
    {
        life.BeginAttempt();
        inbox.Begin();
        var (session, failure) = await dialer.OpenAsync(refused, ended).ConfigureAwait(false);
        if (session is null)
            return failure!;
        using (session)
        {
            if (!life.TryAttach(session))
                return new PikkuEnd(null, null, null);
            var reading = session.ReadAsync((data, type) => Receive(session, data, type));
            var working = PrepareAndSendAsync(session);
            var first = await Task.WhenAny(reading, working, session.Dead).ConfigureAwait(false);
            var end = first == session.Dead ? new PikkuEnd(1006, null, await session.Dead.ConfigureAwait(false)) : await ((Task<PikkuEnd>)first).ConfigureAwait(false);
            life.Detach();

            if (reading.IsCompleted)
                return end;
            if (first == session.Dead)
            {
                // A close frame would wait for a server that does not answer. A message that has just arrived may still be with a handler, which the
                // messages of the next connection must not overtake.
                session.Dispose();
                await reading.ConfigureAwait(false);
                return end;
            }

            life.Lose(new PikkuConnectionLostException(end.Code, end.Reason, end.Error ?? inbox.LastError), isFinal: false);
            await session.CloseAsync().ConfigureAwait(false);
            return end;
        }
    }

    /// <summary>Prepares the connection, then sends queued messages until it ends.</summary>
    private async Task<PikkuEnd> PrepareAndSendAsync(PikkuSession session)
    {
        try
        {
            await preparation.RunAsync(session).ConfigureAwait(false);
            if (!life.TryOpen(session, (action, topic, since, done) => RequestTopic(session, action, topic, since, done)))
                return new PikkuEnd(null, null, null);
            await outbox.SendQueuedAsync(session).ConfigureAwait(false);
            return new PikkuEnd(null, null, null);
        }
        catch (Exception e)
        {
            return new PikkuEnd(null, null, e);
        }
    }

    /// <summary>Sends a request for a topic. Its callback runs while the answer is received, before the next message.</summary>
    private void RequestTopic(PikkuSession session, string action, string topic, string? since, Action<JsonElement, Exception?> done)
    {
        var request = PikkuOutgoing.Request(
            action, caller.NextId(),
            json =>
            {
                json.WriteString("topic", topic);
                if (since is not null)
                    json.WriteString("since", since);
            },
            done);
        _ = outbox.SendAsync(session, request);
    }

    private void Receive(PikkuSession session, ReadOnlyMemory<byte> data, WebSocketMessageType type)
    {
        if (life.Accepts(session))
            inbox.Receive(session, data, type);
    }
}
