using Akka.Actor;

namespace Pikku.Akka.Channels;

/// <summary>
/// One or several messages of one connection that pass through lane and function together and run one after another. The runner of the turn asks it for the
/// next message, and within a turn, only <see cref="MayBegin"/> decides whether that message begins. <see cref="MessageChecks"/> may then refuse it.
/// </summary>
/// <remarks>
/// <para>
/// The turn crosses each hop once. The connection's actor creates it, which uses a slot of the in-flight window, and adds it to the lane of the connection.
/// From then on the <i>runner</i> owns it: first the lane, until a message starts; then the actor of the function, as long as each message completes on
/// its thread. The first message that completes asynchronously is the last one of its turn: no message begins after it, and the connection's actor
/// takes the rest back and queues it before messages that arrived in the meantime.
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
/// There are three races. The two sides of each race meet in one interlocked operation:
/// </para>
/// <list type="bullet">
/// <item>
/// The run of the current message races with its deadline, which the connection's actor measures. Both move the state of the <see cref="ConnectionInvocation"/>
/// to its end by compare-and-swap. The winner owns the turn from then on. A run that lost touches neither the turn nor the messages after it, so the actor
/// may take them back although user code still runs.
/// </item>
/// <item>
/// The runner, which completes messages, races with the actor, which concludes them. The runner changes no links: it reads
/// <see cref="InboundMessage.Next"/>, then increments <c>_completed</c>. The actor unlinks only messages that are counted in <c>_completed</c>. It resets
/// <c>_reported</c> before it reads the progress, so progress that it misses is reported again. <c>_ended</c> is set after the last increment and read before
/// the count, so a turn that has ended has no uncounted message.
/// </item>
/// <item>
/// A closing connection races with a message that begins or suspends. Closing sets a flag, then reads the turn. The runner increments or suspends with a full
/// fence, then reads the flag. At least one of them sees the change of the other.
/// </item>
/// </list>
/// </remarks>
internal sealed class InboundTurn : INoSerializationVerificationNeeded
{
    // Replies of one turn are written together. The limit keeps a long turn from delaying its replies and the other connections of the lane.
    private static readonly TimeSpan s_maxTime = TimeSpan.FromMilliseconds(1);

    private readonly InboundMessage _first;
    private InboundMessage? _current; // the oldest message that is not concluded; used by the connection's actor only
    private InboundMessage? _suspended;
    private int _completed;
    private int _concluded; // used by the connection's actor only
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

    /// <summary>The running message, as far as the connection's actor knows; null when all are concluded. Only the actor uses it.</summary>
    public InboundMessage? Current => _current;

    /// <summary>The next running turn of the same connection. Only the inbound queue uses it.</summary>
    public InboundTurn? Next { get; set; }

    /// <summary>True while the turn uses a slot of the in-flight window. Only the inbound queue uses it.</summary>
    public bool IsInFlight { get; set; }

    private Connection Connection => _first.Connection;

    /// <summary>Sets the start time of the turn and of its first message. From here on the runner owns the turn.</summary>
    public void Start(long now) => _first.StartedAt = now;

    /// <summary>Finds the action of each message (B1–B6). A stage of the lane; it also receives messages that are left over from an earlier turn.</summary>
    /// <returns>This turn, for the next stage.</returns>
    public InboundTurn Decode()
    {
        for (var message = _first; message is not null; message = message.Next)
            message.Decode();
        return this;
    }

    /// <summary>Starts the first message that is not refused. The last stage of the lane.</summary>
    /// <returns>This turn. The lane must not use it any more, because the runner of the started message owns it.</returns>
    public InboundTurn Run()
    {
        // The deadline expired before the lane ran: the client has its reply, and the actor has taken the rest of the turn back.
        if (_first.IsAbandoned)
            return this;
        // The connection's actor has checked that the connection is open and that the window has room, in order with the events that close the connection.
        var next = MessageChecks.IsRefused(_first) ? CompleteRefused(_first, functionActor: null) : _first;
        next?.Start();
        return this;
    }

    /// <summary>Refuses the first message because the lane is full. A message that must run is started anyway (I1).</summary>
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
    /// Called when a run has won against its deadline and its services have been disposed of. Sends the reply, and
    /// decides what begins next.
    /// </summary>
    /// <param name="message">The message.</param>
    /// <param name="isReadyForNext">True when the actor of the function calls this method and can run another message at once.</param>
    /// <returns>The message that the actor must run now; null when the turn has ended.</returns>
    public InboundMessage? Complete(InboundMessage message, bool isReadyForNext)
    {
        if (isReadyForNext)
        {
            var next = StartNext(message, message.Action.Actor);
            if (next is not null)
            {
                next.BeginSpan();
                next.BeginRun(next.StartedAt);
            }

            return next;
        }

        CountCompleted(message);
        End();
        return null;
    }

    /// <summary>Called when the current message completes asynchronously, which makes it the last one of the turn.</summary>
    public void Suspend(InboundMessage message)
    {
        Interlocked.Exchange(ref _suspended, message);
        // Report now, so that completed messages do not wait for this one, and so that a closing connection drops the messages after it.
        if (_completed > 0 || !Connection.IsOpen)
            Report();
    }

    /// <summary>Begins to read the progress of the turn. Later progress is reported again. Called by the connection's actor.</summary>
    /// <returns>True when the turn has ended. All of its completed messages can be taken then.</returns>
    public bool ReadProgress()
    {
        Interlocked.Exchange(ref _reported, 0);
        return Volatile.Read(ref _ended);
    }

    /// <summary>Takes the oldest message that is complete and not concluded; null for none. Called by the connection's actor.</summary>
    public InboundMessage? TakeCompleted()
    {
        if (_concluded == Volatile.Read(ref _completed))
            return null;
        _concluded++;
        return TakeCurrent();
    }

    /// <summary>Takes the running message, after its deadline has won against its run. Called by the connection's actor.</summary>
    public InboundMessage TakeCurrent()
    {
        var message = _current!;
        _current = message.Next;
        message.Next = null; // otherwise each message would keep all later messages of the turn alive
        return message;
    }

    /// <summary>Takes the messages that have not begun and will not begin in this turn, as a linked list. Called by the connection's actor.</summary>
    public InboundMessage? TakeRest()
    {
        var rest = _current;
        _current = null;
        return rest;
    }

    /// <summary>Takes the messages after a suspended message, as a linked list; null when no message is suspended. Called by the connection's actor.</summary>
    public InboundMessage? TakeBehindSuspended()
    {
        if (Volatile.Read(ref _suspended) is not { } suspended)
            return null;
        // The completion of the suspended message may read the link at the same time. That is safe: it starts no message, so it ignores the value.
        var rest = suspended.Next;
        suspended.Next = null;
        return rest;
    }

    // Completes the message and the refused messages after it. Returns the first one that has to run.
    private InboundMessage? StartNext(InboundMessage message, IActorRef? functionActor)
    {
        var next = CountCompleted(message);
        if (next is null || !MayBegin(next, message, functionActor))
        {
            End();
            return null;
        }

        // Report also when the turn continues. Usually the actor runs later on this thread, but if the next function blocks, another thread runs it.
        Report();
        return MessageChecks.IsRefused(next) ? CompleteRefused(next, functionActor) : next;
    }

    private InboundMessage? CompleteRefused(InboundMessage message, IActorRef? functionActor) =>
        message.TryAnswer() ? StartNext(message, functionActor) : null; // the deadline was first and owns the turn

    /// <summary>
    /// Decides whether the next message begins now, on this runner. No other code decides this. A message that may not begin goes back to the connection's actor,
    /// which drops it or starts it in another turn.
    /// </summary>
    /// <param name="next">The next message.</param>
    /// <param name="previous">The message before it, which is complete.</param>
    /// <param name="functionActor">The function actor that would run it; null for the lane, which can start every message.</param>
    private bool MayBegin(InboundMessage next, InboundMessage previous, IActorRef? functionActor)
    {
        // 1. The connection must be open. An earlier function may have closed it.
        if (!Connection.IsOpen)
            return false;

        // 2. The connection must not be about to close because of the error of the previous message.
        if (previous.Error is not null && previous.ClosesOnError)
            return false;

        // 3. The runner must be able to start it: a function actor runs only its own function, and no middleware.
        if (functionActor is not null && next.Error is null
            && !(next.Action is { Middleware.Length: 0 } action && action.Actor.Equals(functionActor)))
            return false;

        // 4. The turn must have time left.
        var clock = Connection.Endpoint.Clock;
        var now = clock.GetTimestamp();
        if (clock.GetElapsedTime(_first.StartedAt, now) >= s_maxTime)
            return false;
        next.StartedAt = now;
        return true;
    }

    // Sends the reply before the next function can send or close, and lets the actor conclude the message.
    private InboundMessage? CountCompleted(InboundMessage message)
    {
        message.PostReply();
        Connection.Outbox.Watch?.Completed(message);
        var next = message.Next;
        Interlocked.Increment(ref _completed);
        return next;
    }

    private void End()
    {
        Volatile.Write(ref _ended, true);
        Report();
    }

    // Sends at most one report until the actor has read the progress.
    private void Report()
    {
        if (Interlocked.Exchange(ref _reported, 1) == 0)
            Connection.Mailbox.Tell(this);
    }
}
