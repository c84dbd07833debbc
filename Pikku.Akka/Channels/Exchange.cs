using Akka.Actor;
using Pikku.Akka.Dispatch;
using Pikku.Akka.EventHub;
using Pikku.Akka.Functions;
using Pikku.Akka.Protocol;
using Pikku.Akka.Sessions;

namespace Pikku.Akka.Channels;

/// <summary>
/// One thing that a connection has to do and what comes of it: a message and its reply, a lifecycle function, a hub event for a handler.
/// Owned by one room at a time: the receive loop, the connection's actor, a lane, the function's actor, the connection's actor again.
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
internal sealed class Exchange : Invocation
{
    private const int Running = 0;
    private const int Answering = 1;
    private const int Disposing = 2;
    private const int Settled = 3;

    private byte[]? _buffer;
    private long _startedAt;
    private int _state = Running;

    private Exchange(Connection channel, ExchangeKind kind)
    {
        Channel = channel;
        Kind = kind;
    }

    public override Connection Channel { get; }

    public ExchangeKind Kind { get; }

    /// <summary>The frame as it came.</summary>
    public ReadOnlyMemory<byte> Frame { get; private init; }

    /// <summary>Where things stand in the frame. Set by decode, for text.</summary>
    public ScannedMessage Scan { get; set; }

    /// <summary>True once decode has seen it. What a burst leaves is handed over again.</summary>
    public bool IsDecoded { get; set; }

    /// <summary>True when it came faster than the connection may send: it is answered, and not run.</summary>
    public bool IsOverRate { get; set; }

    /// <summary>True when the message was malformed or went nowhere: it costs more of the rate than others.</summary>
    public bool IsViolation { get; set; }

    /// <summary>When it was handed to a lane, or its turn in a burst came; 0 before. The deadline counts from here.</summary>
    public long StartedAt
    {
        get => Volatile.Read(ref _startedAt);
        set => Volatile.Write(ref _startedAt, value);
    }

    public HubEvent? HubEvent { get; private init; }

    public IEventHandler? Handler { get; private init; }

    /// <summary>What goes out when it is over; none when nothing does.</summary>
    public OutboundItem? Outcome { get; set; }

    /// <summary>What it is on its way with; null when it is alone.</summary>
    public Burst? Burst { get; set; }

    /// <summary>The next in whatever line it stands.</summary>
    public Exchange? Next { get; set; }

    /// <summary>Since when it was seen to keep its thread; 0 when it does not. Of the connection's actor.</summary>
    public long HeldSince { get; set; }

    // A lifecycle function runs whatever happens: its counterpart relies on it (I1).
    public override bool IsAbandoned => Volatile.Read(ref _state) == Settled && Kind is (ExchangeKind.Text or ExchangeKind.Binary);

    public override SessionHolder Session => Channel.Session;

    public override ISessionStore SessionStore => Channel.Runtime.Sessions;

    public override IEventHub EventHub => Channel.Runtime.Hub;

    public override object? OpeningData => Channel.OpeningDataOrNull;

    public override string SpanName => Kind == ExchangeKind.Event ? "event" : base.SpanName;

    /// <summary>True when its reply is ready and waits only for its services to be disposed of.</summary>
    public bool IsDisposing => Volatile.Read(ref _state) == Disposing;

    protected override AmbientContext Connection => Channel.Ambient;

    /// <summary>A frame in a buffer that was rented from the shared pool, which the exchange gives back.</summary>
    public static Exchange OfFrame(Connection channel, bool binary, byte[] rented, int length) =>
        new(channel, binary ? ExchangeKind.Binary : ExchangeKind.Text) { _buffer = rented, Frame = rented.AsMemory(0, length) };

    public static Exchange OfLifecycle(Connection channel, ExchangeKind kind) => new(channel, kind);

    public static Exchange OfEvent(Connection channel, HubEvent hubEvent, IEventHandler handler) =>
        new(channel, ExchangeKind.Event) { HubEvent = hubEvent, Handler = handler };

    /// <summary>Names what is called, and with what.</summary>
    public void Bind(BoundAction action, ReadOnlyMemory<byte> data)
    {
        Action = action;
        Data = data;
    }

    /// <summary>Claims the exchange for its deadline.</summary>
    public Expiry Expire()
    {
        if (Move(Running, Settled) || Move(Answering, Settled))
            return Expiry.Unanswered;
        return Move(Disposing, Settled) ? Expiry.Undisposed : Expiry.None;
    }

    /// <summary>
    /// The run is over: whatever is to be said is encoded while the services of the call still live, then they are disposed of, and the
    /// connection's actor is told. When the deadline was first, nobody waits for it any more.
    /// </summary>
    public override void Finished() => Finish(here: false);

    public override void Suspended()
    {
        if (Burst is not { } burst)
            return;
        burst.Suspend();
        if (burst.Finished > 0 || !Channel.IsOpen)
            Report(burst);
    }

    protected override Invocation? FinishedHere() => Finish(here: true);

    protected override InvocationServices NewServices() => new(Channel.Runtime.Scopes);

    protected override void CancellationFailed(Exception error) => Channel.CallbackFailed(error);

    /// <summary>Gives the frame's buffer back. Only when the run is really over: an abandoned one may still read it.</summary>
    public void ReleaseBuffer()
    {
        if (_buffer is null)
            return;
        MessageBuffers.Return(_buffer);
        _buffer = null;
    }

    private Exchange? Finish(bool here)
    {
        var answers = Move(Running, Answering) && TryAnswer();
        EndSpan();
        if (CloseServices() is not { } services)
            return answers ? GoOn(here) : null;

        if (answers)
            Volatile.Write(ref _state, Disposing);
        var disposing = DisposeAsync(services);
        if (disposing.IsCompletedSuccessfully)
            return answers && Move(Disposing, Settled) ? GoOn(here) : null;
        // First: once it is awaited, it may be over, and so be told of before those that came before it.
        if (answers)
            Suspended();
        _ = DisposeAndGoOn(disposing);
        return null;
    }

    private bool TryAnswer()
    {
        OutboundItem? outcome;
        using (Ambient.Enter())
            outcome = Channel.Runtime.Replies.For(this);
        // The deadline may have answered meanwhile: from here on nobody but this run touches the outcome, until it says so.
        if (!Move(Answering, Settled))
            return false;
        Outcome = outcome;
        return true;
    }

    private async Task DisposeAndGoOn(ValueTask disposing)
    {
        try
        {
            await disposing.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Channel.Runtime.Log.ServicesNotDisposed(Action.Label, Channel.Id, e);
        }

        if (Move(Disposing, Settled))
            GoOn(here: false);
    }

    private bool Move(int from, int to) => Interlocked.CompareExchange(ref _state, to, from) == from;

    private Exchange? GoOn(bool here)
    {
        if (Burst is null)
        {
            Channel.Owner.Tell(new ChannelProtocol.Completed(this), ActorRefs.NoSender);
            return null;
        }

        // In front of whatever the next function sends, or closes.
        Send();
        var next = Burst.Advance();
        if (!here || next?.MayFollow(this) != true)
        {
            Burst.End();
            next = null;
        }

        // Also when it goes on: the actor's turn waits behind this one then, but should the next function block, another thread takes it.
        Report(Burst);
        return next?.Follow();
    }

    private void Send()
    {
        if (Outcome is { } outcome && Channel.IsOpen)
            Channel.Post(outcome);
        Outcome = null;
    }

    private void Report(Burst burst)
    {
        if (burst.TryTell())
            Channel.Owner.Tell(new ChannelProtocol.Progressed(burst), ActorRefs.NoSender);
    }

    // What the lane and the connection's actor would see to, had it come alone.
    private bool MayFollow(Exchange before) =>
        Channel.IsOpen
        && (before.Error is null || !Channel.Runtime.Settings.Channel.CloseOnError)
        && (Error is not null || (Action is { Middleware.Length: 0 } action && action.Actor.Equals(before.Action?.Actor)))
        && Burst!.HasTime(StartedAt = Channel.Runtime.Clock.GetTimestamp(), Channel.Runtime.Clock);

    private Exchange? Follow()
    {
        InboundStages.Authorize(this);
        if (Error is not null)
            return Finish(here: true);
        BeginSpan();
        return this;
    }
}
