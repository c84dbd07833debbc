using Akka.Actor;

namespace Pikku.Akka.Channels;

/// <summary>
/// Messages of one connection on their way through lane and function: one message, or several that waited together and run one after
/// another. Whoever runs the turn asks it for the next message, and it alone decides whether that message begins.
/// </summary>
/// <remarks>
/// <para>
/// The turn crosses each hop once. The connection's actor makes it, which uses a place of the in-flight window, and gives it to the lane of
/// the connection. From then on the <i>runner</i> owns it: the lane until a message starts, then the actor of the function, as long as each
/// message completes on its thread. The first message that has to be awaited is the last one of its turn: nothing begins behind it, and
/// the connection's actor takes the rest back, in front of what came meanwhile.
/// </para>
/// <code>
///   connection's actor        lane                  actor of the function         any thread
///   ──────────────────   ──────────────────    ───────────────────────────   ─────────────────────
///   TryStartTurn ──────▶ Run
///                         message 1 refused
///                         message 2 starts ───▶ message 2 runs, completes
///        ┌─ Report ◀───────────────────────────  message 3 runs, completes
///        ▼                                       message 4 is awaited ──────▶ message 4 completes
///   ReadProgress                                 (Suspend)                    the turn ends
///   TakeCompleted …                                                              │ Report
///   TakeRest ◀───────────────────────────────────────────────────────────────────┘
/// </code>
/// <para>
/// Three things race, and each pair meets in one interlocked operation:
/// </para>
/// <list type="bullet">
/// <item>
/// The run of the current message and its deadline, which the connection's actor measures. Both move <see cref="InboundMessage"/> to its end
/// by compare-and-swap. The winner owns the turn from there on: a run that lost touches neither the turn nor the messages behind it, so the
/// actor may take them back although user code still runs.
/// </item>
/// <item>
/// The runner that completes messages and the actor that concludes them. The runner links nothing: it reads
/// <see cref="InboundMessage.Next"/>, then increments <c>_completed</c>. The actor unlinks only what is counted there. It resets
/// <c>_reported</c> before it reads how far the turn is, so what it does not see is reported again; and <c>_ended</c> is set behind the last
/// increment and read in front of it, so a turn that has ended has nothing uncounted.
/// </item>
/// <item>
/// A connection that closes and a message that begins or waits. Closing sets a flag, then looks at the turn; the runner increments
/// or suspends with a full fence, then looks at the flag. At least one of them sees the other.
/// </item>
/// </list>
/// </remarks>
internal sealed class InboundTurn : INoSerializationVerificationNeeded
{
    // Replies of one turn are written together. A turn that takes longer keeps waiting neither them nor the other connections of the lane.
    private static readonly TimeSpan s_maxTime = TimeSpan.FromMilliseconds(1);

    private readonly InboundMessage _first;
    private InboundMessage? _current; // the oldest message that is not concluded; the connection's actor alone
    private InboundMessage? _suspended;
    private int _completed;
    private int _concluded; // the connection's actor alone
    private int _reported;
    private bool _ended;

    /// <param name="first">The messages in order, linked by <see cref="InboundMessage.Next"/>. None of them has begun.</param>
    public InboundTurn(InboundMessage first)
    {
        _first = _current = first;
        for (var message = first; message is not null; message = message.Next)
        {
            message.Turn = this;
            message.StartedAt = 0;
        }
    }

    /// <summary>The message that runs, as far as the connection's actor knows; null when all are concluded. The actor's own.</summary>
    public InboundMessage? Current => _current;

    /// <summary>The next turn of the same connection that is under way. The queue's own.</summary>
    public InboundTurn? Next { get; set; }

    /// <summary>True while it uses a place of the window. The queue's own.</summary>
    public bool IsInFlight { get; set; }

    private Connection Connection => _first.Connection;

    /// <summary>Starts the time of the turn and of its first message. From here on the runner owns it.</summary>
    public void Start(long now) => _first.StartedAt = now;

    /// <summary>Finds out what each message calls (B1–B6). Called by the lane, also for messages that an earlier turn has left.</summary>
    public void Decode()
    {
        for (var message = _first; message is not null; message = message.Next)
            message.Decode();
    }

    /// <summary>Starts the first message that is not refused. Called by the lane.</summary>
    public void Run()
    {
        // The deadline was there before the lane: the client has its answer, and the rest of the turn has been taken back.
        if (_first.IsAbandoned)
            return;
        // The window, and that the connection takes messages at all, was decided by its actor, in order with everything that closes it.
        var next = Refuses(_first) ? CompleteRefused(_first, functionActor: null) : _first;
        next?.Start();
    }

    /// <summary>Refuses the first message, which no lane has room for. A message that must run whatever happens is started instead (I1).</summary>
    public void RunWithoutLane()
    {
        _first.Decode();
        if (_first.MustRun)
        {
            Run();
            return;
        }

        _first.Fail(new ServiceUnavailableError("The lane of the connection is full (pikku.channel.lane-capacity)."));
        if (_first.TryAnswer())
            Complete(_first, isReadyForNext: false);
    }

    /// <summary>
    /// A message is over: its run has won against its deadline, and its services have been disposed of. Sends the reply, and
    /// decides what begins next.
    /// </summary>
    /// <param name="message">The message.</param>
    /// <param name="isReadyForNext">True when the actor of its function calls this, which can run another message at once.</param>
    /// <returns>The message that this actor must run now; null when the turn has ended.</returns>
    public InboundMessage? Complete(InboundMessage message, bool isReadyForNext)
    {
        if (isReadyForNext)
        {
            var next = StartNext(message, message.Action.Actor);
            next?.BeginSpan();
            return next;
        }

        Count(message);
        End();
        return null;
    }

    /// <summary>The current message has to be awaited: it is the last one of the turn.</summary>
    public void Suspend(InboundMessage message)
    {
        Interlocked.Exchange(ref _suspended, message);
        // What has completed is not kept waiting by what is awaited; and what stands behind it never begins when the connection closes.
        if (_completed > 0 || !Connection.IsOpen)
            Report();
    }

    /// <summary>Begins to read how far the turn is: what changes from here on is reported anew. Called by the connection's actor.</summary>
    /// <returns>True when the turn has ended. All that will ever complete can be taken then.</returns>
    public bool ReadProgress()
    {
        Interlocked.Exchange(ref _reported, 0);
        return Volatile.Read(ref _ended);
    }

    /// <summary>Takes the oldest message that is over and not concluded; null for none. Called by the connection's actor.</summary>
    public InboundMessage? TakeCompleted()
    {
        if (_concluded == Volatile.Read(ref _completed))
            return null;
        _concluded++;
        return TakeCurrent();
    }

    /// <summary>Takes the message that runs, whose deadline has won against its run. Called by the connection's actor.</summary>
    public InboundMessage TakeCurrent()
    {
        var message = _current!;
        _current = message.Next;
        message.Next = null; // the chain would keep the whole turn alive as long as its last message
        return message;
    }

    /// <summary>Takes what has not begun and never will in this turn, as a chain. Called by the connection's actor.</summary>
    public InboundMessage? TakeRest()
    {
        var rest = _current;
        _current = null;
        return rest;
    }

    /// <summary>Takes what stands behind a message that is awaited, as a chain; null when none is. Called by the connection's actor.</summary>
    public InboundMessage? TakeBehindSuspended()
    {
        if (Volatile.Read(ref _suspended) is not { } suspended)
            return null;
        // Its completion may read the link meanwhile, and does not use what it reads: it starts nothing.
        var rest = suspended.Next;
        suspended.Next = null;
        return rest;
    }

    // Completes the message and those behind it that are refused. Gives the first one that is to run.
    private InboundMessage? StartNext(InboundMessage message, IActorRef? functionActor)
    {
        var next = Count(message);
        if (next is null || !MayBegin(next, message, functionActor))
        {
            End();
            return null;
        }

        // Also when the turn goes on: the actor waits behind this thread then, but should the next function block, another thread takes it.
        Report();
        return Refuses(next) ? CompleteRefused(next, functionActor) : next;
    }

    private InboundMessage? CompleteRefused(InboundMessage message, IActorRef? functionActor) =>
        message.TryAnswer() ? StartNext(message, functionActor) : null; // the deadline was first and owns the turn

    /// <summary>
    /// The one place that decides whether the next message begins now, on this runner. What may not begin goes back to the connection's
    /// actor, which drops it or lets it begin in another turn.
    /// </summary>
    /// <param name="next">The message.</param>
    /// <param name="previous">The one before it, which is over.</param>
    /// <param name="functionActor">The actor that would run it; null for the lane, which can start any.</param>
    private bool MayBegin(InboundMessage next, InboundMessage previous, IActorRef? functionActor)
    {
        // 1. The connection is open. A function before it may have closed it.
        if (!Connection.IsOpen)
            return false;

        // 2. The connection is not about to be closed for the error of the message before.
        if (previous.Error is not null && previous.ClosesOnError)
            return false;

        // 3. The runner can start it: an actor runs its own function, and no middleware.
        if (functionActor is not null && next.Error is null
            && !(next.Action is { Middleware.Length: 0 } action && action.Actor.Equals(functionActor)))
            return false;

        // 4. The turn has time left.
        var clock = Connection.Endpoint.Clock;
        var now = clock.GetTimestamp();
        if (clock.GetElapsedTime(_first.StartedAt, now) >= s_maxTime)
            return false;
        next.StartedAt = now;
        return true;
    }

    /// <summary>
    /// The one place that refuses a message which may begin. True when nothing of it runs: what was wrong with it is its
    /// <see cref="Functions.Invocation.Error"/>.
    /// </summary>
    private static bool Refuses(InboundMessage message)
    {
        // 5. It was decoded: it is well-formed and calls something.
        if (message.Error is not null)
            return true;

        // 6. It came within the rate. The rate was counted when it was received.
        if (message.IsOverRate)
            message.Fail(new TooManyRequestsError());

        // 7. There is a session, if it needs one: now, for a message before it may have set or ended it (D1, D2).
        else if (message.NeedsSession)
            DemandSession(message);

        // An answer to a call that nobody waits for calls nothing, and has no error either.
        return message.Error is not null || !message.HasWork;
    }

    private static void DemandSession(InboundMessage message)
    {
        try
        {
            // A session is the application's own type, which tells when it ends.
            using (message.Ambient.Enter())
            {
                if (message.Session.Current is null)
                    message.Fail(new UnauthorizedRouteError(message.Action.Label));
            }
        }
        catch (Exception e)
        {
            message.Fail(e);
        }
    }

    // Sends the reply, in front of whatever the next function sends or closes, and lets the actor conclude the message.
    private InboundMessage? Count(InboundMessage message)
    {
        message.PostReply();
        var next = message.Next;
        Interlocked.Increment(ref _completed);
        return next;
    }

    private void End()
    {
        Volatile.Write(ref _ended, true);
        Report();
    }

    // Once until the actor has read it.
    private void Report()
    {
        if (Interlocked.Exchange(ref _reported, 1) == 0)
            Connection.Mailbox.Tell(this);
    }
}
