using Akka.Actor;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Functions;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

/// <summary>
/// One unit of work of a connection, and its result. Each kind is a type: <see cref="TextMessage"/>, <see cref="BinaryMessage"/>,
/// <see cref="ConnectMessage"/>, <see cref="DisconnectMessage"/>, <see cref="EventMessage"/>. A message has one owner at a time: the receive loop, then the
/// connection's actor, then the runner of its <see cref="InboundTurn"/>, and then the connection's actor again. The remarks of
/// <see cref="ConnectionInvocation"/> describe how its run races with its deadline.
/// </summary>
/// <param name="connection">The connection that the message belongs to.</param>
internal abstract class InboundMessage(Connection connection) : ConnectionInvocation(connection), INoSerializationVerificationNeeded
{
    private OutboundItem? _reply;
    private long _startedAt;
    private CallTimer _timer; // a mutable struct: must not be read-only
    private bool _isDecoded;

    /// <summary>The turn that the message is part of; null while it waits.</summary>
    public InboundTurn? Turn { get; set; }

    /// <summary>The next message of the linked list that the message is in: a batch, the inbound queue or a turn.</summary>
    public InboundMessage? Next { get; set; }

    /// <summary>The time at which the message began: the start of its turn for the first message, its own start for the others; 0 before. The deadline counts from here.</summary>
    public long StartedAt
    {
        get => Volatile.Read(ref _startedAt);
        set => Volatile.Write(ref _startedAt, value);
    }

    /// <summary>The time at which the last bytes of the message arrived; 0 for a message that no client has sent.</summary>
    public virtual long ArrivedAt => 0;

    /// <summary>The time at which the message was first seen to block its thread; 0 when it does not. Only the connection's actor uses it.</summary>
    public long BlockingSince { get; set; }

    /// <summary>True when the message exceeded the message rate. It is refused with an error instead of being run.</summary>
    public bool IsOverRate { get; set; }

    /// <summary>True when the client has cancelled the message. If it has not begun, it is refused when its turn comes.</summary>
    public virtual bool IsCancelled => false;

    /// <summary>The kind of message, for logs.</summary>
    public abstract string Kind { get; }

    /// <summary>The action that the message calls, or else its kind, for logs.</summary>
    public string Label => Action?.Label ?? Kind;

    /// <summary>The maximum duration of the run.</summary>
    public virtual TimeSpan Deadline => Endpoint.Settings.Function.Timeout;

    /// <summary>True when the message may share a turn with other messages.</summary>
    public virtual bool SharesTurn => false;

    /// <summary>What the message does after its run and together with its reply; null for nothing.</summary>
    public virtual IMessageCommit? Commit => null;

    /// <summary>True when the message runs even if it would be refused otherwise, because <c>onConnect</c> relies on its counterpart (I1).</summary>
    public virtual bool MustRun => false;

    /// <summary>True when the decoded message has code to run.</summary>
    public virtual bool HasWork => Action is not null;

    /// <summary>True when the message requires a session.</summary>
    public virtual bool NeedsSession => Action is { Auth: true };

    /// <summary>True when an error of the message closes the connection.</summary>
    public virtual bool ClosesOnError => false;

    /// <summary>True when an error of the message is sent to the client.</summary>
    public virtual bool AnswersErrors => false;

    /// <summary>The stream with which the message is answered; null for other replies, and before the stream begins.</summary>
    public virtual MessageStream? Stream => null;

    /// <summary>Finds the action that the message calls, and its input. A problem becomes the error of the message. A second call does nothing.</summary>
    public void Decode()
    {
        if (_isDecoded)
            return;
        _isDecoded = true;
        try
        {
            BindAction();
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    /// <summary>Starts the middleware and the function. Called by the lane after the turn has decided that the message may begin.</summary>
    public void Start()
    {
        try
        {
            BeginSpan();
            StartWork();
        }
        catch (Exception e)
        {
            Fail(e);
            Complete(isReadyForNext: false);
        }
    }

    public override void BeginRun() => _timer.BeginOnce(this);

    /// <inheritdoc cref="CallTimer.Begin"/>
    public void BeginRun(long now) => _timer.Begin(this, now);

    /// <inheritdoc cref="CallTimer.End"/>
    public void MeasureRun(string outcome) => _timer.End(this, outcome);

    /// <summary>
    /// Completes the run: encodes the reply while the services of the call still exist, disposes of the services, and lets the turn continue.
    /// If the deadline was first, the result is discarded.
    /// </summary>
    /// <inheritdoc/>
    public sealed override Invocation? Complete(bool isReadyForNext)
    {
        if (Stream is { IsDetached: true } stream)
        {
            _ = stream.CompleteAsync();
            return null;
        }

        if (!MessageCommit.IsNeeded(this))
            return CompleteAnswered(TryAnswer(), isReadyForNext);
        // Suspend before the await, as below.
        Suspend();
        _ = MessageCommit.RunAsync(this);
        return null;
    }

    /// <summary>Completes the run after its reply has been claimed.</summary>
    /// <param name="answers">True when the run was first, false when its deadline or a cancellation was.</param>
    /// <param name="isReadyForNext">As in <see cref="Complete"/>.</param>
    public Invocation? CompleteAnswered(bool answers, bool isReadyForNext)
    {
        ReleaseSlot(); // after TryAnswer: from then on TryCancel fails, so the actor takes no slot for this message any more
        if (CloseServices() is not { } services)
            return answers ? Turn!.Complete(this, isReadyForNext) : null;

        if (answers)
            BeginDisposal();
        var disposing = DisposeAsync(services);
        if (disposing.IsCompletedSuccessfully)
            return answers && TryEndDisposal() ? Turn!.Complete(this, isReadyForNext) : null;
        // Suspend before the await: afterwards the disposal may complete on another thread, and this message would be reported before its predecessors.
        if (answers)
            Suspend();
        _ = CompleteAfterAsync(disposing);
        return null;
    }

    // A stream may have left the turn already, because its first item may be sent on another thread before this call. The turn has ended then and ignores it.
    public sealed override void Suspend() => Turn!.Suspend(this);

    /// <summary>Claims the end of the message for its run, and encodes the reply. Returns false when the deadline was first.</summary>
    public bool TryAnswer()
    {
        if (IsCancelled && Error is OperationCanceledException)
            Fail(new RequestCancelledError());
        var answers = TryBeginAnswer() && TryEncodeReply();
        EndSpan();
        return answers;
    }

    /// <summary>Encodes the error reply after the deadline or the client has ended the message. Changes that the run makes to the message afterwards have no effect.</summary>
    public void AnswerEnded(PikkuException error)
    {
        PrepareTimeout();
        _timer.GiveUp(this);
        Fail(error);
        using (Connection.Ambient.Enter())
            _reply = Endpoint.EncodeError(this, error);
        EndSpan();
    }

    /// <summary>Encodes and sends the reply that ends the stream of the message.</summary>
    public void AnswerStream()
    {
        using (Ambient.Enter())
            _reply = EncodeReply();
        PostReply();
    }

    /// <summary>Returns the slot of <see cref="Connection.TryTakeSlot"/>, if the message has one. Only the first call has an effect.</summary>
    public virtual void ReleaseSlot() { }

    /// <summary>Sends the reply, if there is one and the connection is open. Called once, by the winner of the race between run and deadline.</summary>
    public void PostReply()
    {
        if (_reply is { } reply && Connection.IsOpen)
            Connection.Post(reply);
    }

    /// <summary>Sends the reply now, in the turn of a hub lane, with the events behind it as one unit. <see cref="PostReply"/> has no effect afterwards.</summary>
    /// <param name="replay">The events; null for none.</param>
    /// <param name="held">The room that the connection holds for the unit; 0 when there are no events.</param>
    public void PostReplyInCommit(IReadOnlyList<OutboundItem>? replay = null, int held = 0)
    {
        if (replay is { Count: > 0 })
            Connection.PostHeld(_reply is { } reply ? [reply, .. replay] : replay, held);
        else
            PostReply();
        _reply = null;
    }

    /// <summary>Returns the credit that the message holds, and applies the effects of its end to the lifecycle of the connection.</summary>
    /// <param name="life">The lifecycle of the connection.</param>
    /// <param name="error">The error of the message; null for success.</param>
    public abstract void Conclude(IConnectionLife life, Exception? error);

    /// <summary>Returns everything that the message holds. Called when it will never run.</summary>
    public abstract void Discard();

    /// <summary>Returns the buffer of the message. Called only after the run has really ended, because an abandoned run may still read the buffer.</summary>
    public virtual void ReleaseBuffer() { }

    /// <summary>Encodes the reply to a message that has succeeded; null for no reply.</summary>
    public virtual OutboundItem? EncodeResult(ReplyFactory replies) => null;

    /// <summary>Encodes the reply to a message that has failed; null when the client receives no error for this kind of message.</summary>
    public virtual OutboundItem? EncodeError(ReplyFactory replies, in ErrorInfo info) => AnswersErrors ? replies.Error(this, info) : null;

    /// <summary>Reads the parts of the reply other than the payload.</summary>
    public virtual ReplyHead ReadReplyHead() => default;

    /// <summary>Logs the failure of the message.</summary>
    public virtual void LogFailure(in ErrorInfo info, Exception error) => Endpoint.LogFailure(this, info, error);

    /// <summary>Sets the action and its input.</summary>
    protected void Bind(BoundAction? action, ReadOnlyMemory<byte> data)
    {
        Action = action!;
        Data = data;
    }

    /// <summary>Finds the action and passes it to <see cref="Bind"/>. An exception becomes the error of the message.</summary>
    protected abstract void BindAction();

    /// <summary>Starts the code that the message calls. The code completes the message when it ends.</summary>
    protected virtual void StartWork()
    {
        if (Action.Middleware.Length == 0)
        {
            Action.Actor.Tell(this, ActorRefs.NoSender);
            return;
        }

        BeginRun();
        MiddlewareChain.Start(this);
    }

    /// <summary>Reads the data that the timeout reply needs, because the lane may not have decoded the message yet.</summary>
    protected virtual void PrepareTimeout() { }

    private bool TryEncodeReply()
    {
        OutboundItem? reply;
        using (Ambient.Enter())
            reply = EncodeReply();
        // The deadline may have replied in the meantime.
        if (!TryEndAnswer())
            return false;
        _reply = reply;
        return true;
    }

    private OutboundItem? EncodeReply()
    {
        var error = Error;
        if (error is null)
        {
            try
            {
                var reply = EncodeResult(Endpoint.Replies);
                MeasureRun(CallMetrics.Ok);
                return reply;
            }
            catch (Exception e)
            {
                Fail(error = e);
            }
        }

        return Endpoint.EncodeError(this, error);
    }

    private async Task CompleteAfterAsync(ValueTask disposing)
    {
        try
        {
            await disposing.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Endpoint.LogServicesNotDisposed(Label, Connection.Id, e);
        }

        if (TryEndDisposal())
            Turn!.Complete(this, isReadyForNext: false);
    }
}
