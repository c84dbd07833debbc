using System.Diagnostics;

namespace Pikku.Akka.Dispatch;

/// <summary>
/// The <see cref="ExecutionContext"/> in which user code of a connection runs. It was captured during the upgrade of the connection and contains the request
/// (<c>IHttpContextAccessor</c>), the culture and every <see cref="AsyncLocal{T}"/> that the application had set.
/// </summary>
/// <remarks>
/// <para>
/// One thread runs the code of many connections, one after another: a <see cref="Cascade"/> continues with the next ready actor, the messages of a burst follow
/// each other in one actor, and the rescue moves waiting work to another thread. The execution context belongs to the thread, so without precautions each
/// piece of user code would see the context of the code that ran before it. Therefore the following rule applies:
/// </para>
/// <code>
///   framework  │ empty context: timers, tasks and actors that are created here keep no connection's context alive
///   ── Enter ──┼──────────────────────────────────────────────────────────────────────────────────
///   user code  │ the context of its connection, and no synchronization context
///   ── Dispose ┼──────────────────────────────────────────────────────────────────────────────────
///   framework  │ as before, regardless of changes by the user code
/// </code>
/// <para>
/// There are no races. An execution context is immutable: setting an async local creates a new context for the current thread only. The captured context can
/// therefore be current on any number of threads at once, and each call begins with the same context. After an <c>await</c>, the framework restores the
/// context of the method by itself.
/// </para>
/// </remarks>
internal sealed class AmbientContext
{
    private static readonly AsyncLocal<AmbientContext?> s_connection = new();
    private static readonly ExecutionContext s_empty = CaptureEmpty();

    private readonly AmbientContext? _connection;
    private ExecutionContext _context;

    private AmbientContext(AmbientContext? connection, ExecutionContext context)
    {
        _connection = connection;
        _context = context;
    }

    private AmbientContext()
        : this(null, s_empty) => _connection = this;

    /// <summary>The empty context, for code that belongs to no connection of this node.</summary>
    public static AmbientContext None { get; } = new(null, s_empty);

    /// <summary>
    /// Captures the context of the caller, which is the upgrade of a connection. The current activity is removed, because it ends with the upgrade and would
    /// otherwise become the parent of every later activity of the connection.
    /// </summary>
    /// <param name="activity">The current activity of code that has none of its own; null for none.</param>
    public static AmbientContext Capture(Activity? activity = null)
    {
        if (ExecutionContext.Capture() is not { } before)
            return None;
        var connection = new AmbientContext();
        Activity.Current = activity;
        s_connection.Value = connection;
        connection._context = ExecutionContext.Capture()!;
        ExecutionContext.Restore(before);
        return connection;
    }

    /// <summary>Resets the thread to the empty context, because the code that follows belongs to no connection.</summary>
    public static void Clear()
    {
        ExecutionContext.Restore(s_empty);
        if (SynchronizationContext.Current is not null)
            SynchronizationContext.SetSynchronizationContext(null);
    }

    /// <summary>
    /// Begins user code on this thread. The code may block, so other threads may take the work that waits behind it (<see cref="Cascade.EnterUserCode"/>).
    /// Disposing of the scope restores the previous context of the thread.
    /// </summary>
    public Scope Enter() => new(_context, Cascade.EnterUserCode());

    /// <summary>Restores the context of the caller when the scope ends. Used between two pieces of user code of one call.</summary>
    public static Scope Keep() => new(ExecutionContext.Capture() ?? s_empty, default);

    /// <summary>Switches to the empty context until the scope ends. Used when the framework creates objects that it keeps.</summary>
    public static Scope Leave() => new(s_empty, default);

    /// <summary>
    /// Returns the context of the caller if it derives from the context of this connection, so that changes by middleware apply to the function that it wraps.
    /// Otherwise returns this context, because code outside of the connection may have called <c>next</c>.
    /// </summary>
    public AmbientContext OrCurrent() =>
        s_connection.Value == _connection && ExecutionContext.Capture() is { } current && current != _context
            ? new AmbientContext(_connection, current)
            : this;

    // .NET does not expose the empty context. A thread that is started without a context has it.
    private static ExecutionContext CaptureEmpty()
    {
        ExecutionContext? empty = null;
        var thread = new Thread(() => empty = ExecutionContext.Capture());
        thread.UnsafeStart();
        thread.Join();
        return empty!;
    }

    /// <summary>Restores the previous context of the thread when it is disposed.</summary>
    public readonly ref struct Scope
    {
        private readonly ExecutionContext _before;
        private readonly SynchronizationContext? _synchronizationBefore;
        private readonly Cascade.UserCode _userCode;

        internal Scope(ExecutionContext context, Cascade.UserCode userCode)
        {
            // Capture returns null when the flow is suppressed. Only user code suppresses it, and only until that code ends.
            _before = ExecutionContext.Capture() ?? s_empty;
            _synchronizationBefore = SynchronizationContext.Current;
            if (_synchronizationBefore is not null)
                SynchronizationContext.SetSynchronizationContext(null);
            ExecutionContext.Restore(context);
            _userCode = userCode;
        }

        public void Dispose()
        {
            _userCode.Dispose();
            ExecutionContext.Restore(_before);
            if (SynchronizationContext.Current != _synchronizationBefore)
                SynchronizationContext.SetSynchronizationContext(_synchronizationBefore);
        }
    }
}
