using Pikku.Akka.Dispatch;
using Pikku.Akka.Functions;
using Pikku.Akka.Protocol;
using Pikku.Akka.Sessions;

namespace Pikku.Akka.Channels;

/// <summary>
/// One thing that a connection has to do, and what comes of it. Each kind is a type: <see cref="TextMessage"/>, <see cref="BinaryMessage"/>,
/// <see cref="ConnectMessage"/>, <see cref="DisconnectMessage"/>, <see cref="EventMessage"/>. Owned by one room at a time: the receive loop, the
/// connection's actor, then the runner of its <see cref="InboundTurn"/>, and the connection's actor again.
/// </summary>
/// <remarks>
/// The run and the deadline race for the end of it. Each step is one compare-and-swap, so exactly one of them takes it:
/// <code>
///   Running ───▶ Answering ─────▶ Disposing ──────▶ Settled
///   user code    its reply is     its services are    the reply is sent,
///      │         encoded          disposed of         the next one begins
///      │             │                 │
///      └─────────────┴─────────────────┴── its deadline ──▶ Settled
///                    408                   the reply that is ready
/// </code>
/// User code runs in each of the first three: it may never come back from any of them. Where no services are to be disposed of, that state is
/// passed over. A run that lost goes on by itself, answers nothing and touches nothing but its own services.
/// </remarks>
/// <param name="connection">The connection that has to do it.</param>
internal abstract class InboundMessage(Connection connection) : Invocation
{
    private const int Running = 0;
    private const int Answering = 1;
    private const int Disposing = 2;
    private const int Settled = 3;

    private OutboundItem? _reply;
    private long _startedAt;
    private int _state = Running;
    private bool _isDecoded;

    public Connection Connection { get; } = connection;

    /// <summary>What it is on its way with; null while it waits.</summary>
    public InboundTurn? Turn { get; set; }

    /// <summary>The next one in whatever line it stands.</summary>
    public InboundMessage? Next { get; set; }

    /// <summary>When its turn began, or when it began within the turn; 0 before. The deadline counts from here.</summary>
    public long StartedAt
    {
        get => Volatile.Read(ref _startedAt);
        set => Volatile.Write(ref _startedAt, value);
    }

    /// <summary>Since when it was seen to block its thread; 0 when it does not. The connection's actor's own.</summary>
    public long BlockingSince { get; set; }

    /// <summary>True when it came faster than the connection may send: it is answered, and not run.</summary>
    public bool IsOverRate { get; set; }

    /// <summary>The kind of message, as logs name it.</summary>
    public abstract string Kind { get; }

    /// <summary>What it calls, as logs name it.</summary>
    public string Label => Action?.Label ?? Kind;

    /// <summary>How long its run may take.</summary>
    public virtual TimeSpan Deadline => Endpoint.Settings.Function.Timeout;

    /// <summary>True when it may follow another one within one turn.</summary>
    public virtual bool SharesTurn => false;

    /// <summary>True when it runs whatever happens, because its counterpart relies on it (I1).</summary>
    public virtual bool MustRun => false;

    /// <summary>True when there is something to run once it has been decoded.</summary>
    public virtual bool HasWork => Action is not null;

    /// <summary>True when it needs a session to begin.</summary>
    public virtual bool NeedsSession => Action is { Auth: true };

    /// <summary>True when an error of it closes the connection.</summary>
    public virtual bool ClosesOnError => false;

    /// <summary>True when the client is told of an error.</summary>
    public virtual bool AnswersErrors => false;

    /// <summary>True when its reply is ready and only its services remain to be disposed of.</summary>
    public bool IsDisposing => Volatile.Read(ref _state) == Disposing;

    public override IPikkuChannel Channel => Connection;

    public override SessionHolder Session => Connection.Session;

    public override IPikkuSessionStore SessionStore => Endpoint.Sessions;

    public override IEventHub EventHub => Endpoint.Hub;

    public override object? OpeningData => Connection.OpeningDataOrNull;

    protected ChannelEndpoint Endpoint => Connection.Endpoint;

    protected bool IsSettled => Volatile.Read(ref _state) == Settled;

    protected override AmbientContext ConnectionContext => Connection.Ambient;

    /// <summary>Discards the messages of a chain.</summary>
    /// <param name="first">The first of them; null for none.</param>
    public static void DiscardAll(InboundMessage? first)
    {
        while (first is { } message)
        {
            first = message.Next;
            message.Next = null;
            message.Discard();
        }
    }

    /// <summary>Finds out what it calls, and with what. What is wrong with it becomes its error. Does nothing the second time.</summary>
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

    /// <summary>Starts the middleware and the function. Called by the lane, once the turn has let it begin.</summary>
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

    /// <summary>
    /// The run is over: the reply is encoded while the services of the call still live, then they are disposed of, and the turn continues.
    /// When the deadline was first, nobody waits for it any more.
    /// </summary>
    /// <inheritdoc/>
    public sealed override Invocation? Complete(bool isReadyForNext)
    {
        var answers = TryAnswer();
        if (CloseServices() is not { } services)
            return answers ? Turn!.Complete(this, isReadyForNext) : null;

        if (answers)
            Volatile.Write(ref _state, Disposing);
        var disposing = DisposeAsync(services);
        if (disposing.IsCompletedSuccessfully)
            return answers && TryMove(Disposing, Settled) ? Turn!.Complete(this, isReadyForNext) : null;
        // Before the await: once it is awaited, it may complete on another thread, and would be reported before those that came before it.
        if (answers)
            Suspend();
        _ = CompleteAfterAsync(disposing);
        return null;
    }

    public sealed override void Suspend() => Turn!.Suspend(this);

    /// <summary>Claims the end of the message for its run, and encodes the reply. False when the deadline was first.</summary>
    public bool TryAnswer()
    {
        var answers = TryMove(Running, Answering) && TryEncodeReply();
        EndSpan();
        return answers;
    }

    /// <summary>Claims the end of the message for its deadline.</summary>
    public Expiry Expire()
    {
        if (TryMove(Running, Settled) || TryMove(Answering, Settled))
            return Expiry.Unanswered;
        return TryMove(Disposing, Settled) ? Expiry.Undisposed : Expiry.None;
    }

    /// <summary>Makes the answer of a deadline that has won. What the run makes of the message meanwhile does not count.</summary>
    public void AnswerTimeout(RequestTimeoutError error)
    {
        PrepareTimeout();
        Fail(error);
        using (Connection.Ambient.Enter())
            _reply = Endpoint.EncodeError(this, error);
        EndSpan();
    }

    /// <summary>Sends the reply, if there is one and the connection is open. Called once, by who has won the end of the message.</summary>
    public void PostReply()
    {
        if (_reply is { } reply && Connection.IsOpen)
            Connection.Post(reply);
    }

    /// <summary>Returns what it holds of the limits of its connection, and tells the connection's life what its end means.</summary>
    /// <param name="life">The connection's life.</param>
    /// <param name="error">What it has failed with; null for success.</param>
    public abstract void Conclude(IConnectionLife life, Exception? error);

    /// <summary>Returns everything that it holds: it will never run.</summary>
    public abstract void Discard();

    /// <summary>Returns the buffer that it came in. Only when its run is really over: an abandoned run may still read it.</summary>
    public virtual void ReleaseBuffer() { }

    /// <summary>What it answers when it has succeeded; null for nothing.</summary>
    public virtual OutboundItem? EncodeResult(ReplyFactory replies) => null;

    /// <summary>What its reply says beside the payload.</summary>
    public virtual ReplyHead ReadReplyHead() => default;

    /// <summary>Writes its failure to log and metrics.</summary>
    public virtual void LogFailure(in ErrorInfo info, Exception error) => Endpoint.LogFailure(this, info, error);

    /// <summary>Names what is called, and with what.</summary>
    protected void Bind(BoundAction? action, ReadOnlyMemory<byte> data)
    {
        Action = action!;
        Data = data;
    }

    /// <summary>Finds out what it calls, with <see cref="Bind"/>; what it throws becomes the error of the message.</summary>
    protected abstract void BindAction();

    /// <summary>Starts what it calls. Completes the message when that is over.</summary>
    protected virtual void StartWork() => MiddlewareChain.Start(this);

    /// <summary>Reads what the answer of its deadline needs: the message may not have got as far as its lane.</summary>
    protected virtual void PrepareTimeout() { }

    protected override InvocationServices NewServices() => Endpoint.NewCallServices();

    protected override void CancellationFailed(Exception error) => Connection.CallbackFailed(error);

    private bool TryEncodeReply()
    {
        OutboundItem? reply;
        using (Ambient.Enter())
            reply = Endpoint.EncodeReply(this);
        // The deadline may have answered meanwhile: from here on nobody but this run touches the reply, until it says so.
        if (!TryMove(Answering, Settled))
            return false;
        _reply = reply;
        return true;
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

        if (TryMove(Disposing, Settled))
            Turn!.Complete(this, isReadyForNext: false);
    }

    private bool TryMove(int from, int to) => Interlocked.CompareExchange(ref _state, to, from) == from;
}
