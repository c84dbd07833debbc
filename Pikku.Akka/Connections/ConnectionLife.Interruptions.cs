using Pikku.Akka.Channels;

namespace Pikku.Akka.Connections;

/// <content>Ends messages that have not ended by themselves: their deadline has passed, or their client has cancelled them.</content>
internal sealed partial class ConnectionLife
{
    /// <summary>Ends messages that have exceeded their deadline, and warns of functions that block their thread.</summary>
    public void CheckDeadlines()
    {
        var now = _endpoint.Clock.GetTimestamp();
        for (var turn = _inbound.OldestTurn; turn is not null;)
        {
            var next = turn.Next;
            ConcludeCompleted(turn);
            if (turn.IsInFlight && turn.Current is { } message)
            {
                if (MessageDeadlines.ReadBlocking(message, now) is { } blocked)
                    _endpoint.WarnOfBlocking(message, blocked, now);
                var isEnding = !_state.AcceptsMessages || !connection.IsOpen;
                if (MessageDeadlines.IsLate(message, isEnding, now, out var deadline))
                    Expire(turn, message, deadline);
            }

            turn = next;
        }

        _streams?.GiveUpOverdue(now);
    }

    // Cancels the oldest message with this id. Returns false when there is none: it never existed, or it has its reply.
    private bool TryCancel(ReadOnlySpan<byte> id, long now)
    {
        if (_streams?.Find(id) is { } stream)
            return ConnectionStreams.TryEnd(stream, new RequestCancelledError(), now);

        for (var turn = _inbound.OldestTurn; turn is not null;)
        {
            var next = turn.Next;
            ConcludeCompleted(turn); // what has its reply is not cancelled
            if (turn.IsInFlight && Find(turn.Current, id) is { } message)
            {
                Cancel(turn, message, now);
                return true;
            }

            turn = next;
        }

        if (Find(_inbound.FirstWaiting, id) is not { } waiting)
            return false;
        waiting.MarkCancelled();
        return true;
    }

    private static ClientMessage? Find(InboundMessage? first, ReadOnlySpan<byte> id)
    {
        for (var message = first; message is not null; message = message.Next)
            if (message is ClientMessage { IsCancelled: false } client && client.HasId(id))
                return client;
        return null;
    }

    // The runner of the turn may be ahead of what this actor knows. Whether a message behind the current one has begun can't be seen, so it is marked, and its token is
    // cancelled: if it has not begun, the runner refuses it; if it has, its function sees the token, and a cancellation that it throws becomes the same error.
    private void Cancel(InboundTurn turn, ClientMessage message, long now)
    {
        message.MarkCancelled();
        // A function that ignores its token would run outside of the window. The slots bound how many of them there are; without a slot, the message stays in the window.
        if (message == turn.Current && message.TryTakeSlot())
        {
            if (message.TryCancel())
            {
                var error = new RequestCancelledError();
                message.AnswerEnded(error);
                AbandonCurrent(turn, error);
                return;
            }

            if (ConnectionStreams.TryEnd(message, new RequestCancelledError(), now))
                return; // its first item was sent a moment ago
            message.ReleaseSlot();
        }

        message.Cancel();
    }

    private void Expire(InboundTurn turn, InboundMessage message, TimeSpan deadline)
    {
        switch (message.Expire())
        {
            case Expiry.Unanswered:
                var error = new RequestTimeoutError();
                _endpoint.LogAbandoned(message, deadline, MessageDeadlines.DescribeProgress(message));
                message.AnswerEnded(error);
                AbandonCurrent(turn, error);
                break;
            case Expiry.Undisposed:
                _endpoint.LogServicesGivenUp(message, deadline);
                AbandonCurrent(turn, message.Error);
                break;
            case Expiry.None:
                break; // the message is complete, and its turn will report it
        }
    }

    // The code of the message may continue to run, but it is no longer awaited. The buffer is not returned, because that code may still read it.
    private void AbandonCurrent(InboundTurn turn, Exception? error)
    {
        var message = turn.TakeCurrent();
        message.PostReply();
        connection.Outbox.Watch?.Completed(message);
        message.Conclude(this, error);
        EndTurn(turn);
        // Cancel last: code that reacts to the cancellation must not run while the reply is being encoded.
        message.Cancel();
    }
}
