using System.Diagnostics;

namespace Pikku.Akka.Dispatch;

/// <summary>
/// What user code sees around it without being given it: the <see cref="ExecutionContext"/> that the upgrade of its connection captured, with
/// the request (<c>IHttpContextAccessor</c>), the culture and every <see cref="AsyncLocal{T}"/> that the application set there.
/// </summary>
/// <remarks>
/// <para>
/// A thread runs the code of many connections, one after another: a <see cref="Cascade"/> goes on with whatever became ready, the messages of
/// a burst follow each other in one actor, and the rescue moves what waits to another thread. The framework's context belongs to the thread,
/// so without more each of them would see what the one before it saw or left behind. Hence one rule:
/// </para>
/// <code>
///   framework  │ no context: timers, tasks and actors that are made here keep no connection's alive
///   ── Enter ──┼──────────────────────────────────────────────────────────────────────────────────
///   user code  │ the context of its connection, and no synchronization context
///   ── Dispose ┼──────────────────────────────────────────────────────────────────────────────────
///   framework  │ as before, whatever the code changed
/// </code>
/// <para>
/// No two threads race for anything here. An execution context never changes: setting a local makes another one, for that thread alone. So
/// the captured one may be current on any number of threads at once, and each call begins with the same. What goes on after an <c>await</c>
/// has the context of its own method: the framework captures and restores that by itself.
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

    /// <summary>That of code which belongs to no connection of this node: nothing at all.</summary>
    public static AmbientContext None { get; } = new(null, s_empty);

    /// <summary>
    /// Keeps the context of the caller, the upgrade of a connection. Without its activity, which ends with the upgrade and would be the parent
    /// of everything that the connection ever does.
    /// </summary>
    public static AmbientContext Capture()
    {
        if (ExecutionContext.Capture() is not { } before)
            return None;
        var connection = new AmbientContext();
        Activity.Current = null;
        s_connection.Value = connection;
        connection._context = ExecutionContext.Capture()!;
        ExecutionContext.Restore(before);
        return connection;
    }

    /// <summary>Forgets whatever context the thread has: what follows belongs to no connection.</summary>
    public static void Clear()
    {
        ExecutionContext.Restore(s_empty);
        if (SynchronizationContext.Current is not null)
            SynchronizationContext.SetSynchronizationContext(null);
    }

    /// <summary>
    /// Begins user code on this thread. It may block: other threads may take what waits behind it meanwhile (<see cref="Cascade.EnterUserCode"/>).
    /// When the scope ends, the thread is as it was before.
    /// </summary>
    public Scope Enter() => new(_context, Cascade.EnterUserCode());

    /// <summary>Undoes, when the scope ends, what the code in it changes: between two pieces of user code of one call.</summary>
    public static Scope Keep() => new(ExecutionContext.Capture() ?? s_empty, default);

    /// <summary>Leaves the context of the caller until the scope ends: for what the framework makes and keeps.</summary>
    public static Scope Leave() => new(s_empty, default);

    /// <summary>
    /// The context of the caller, if it goes back to the connection of this one: what middleware has set holds for what it goes around. Otherwise
    /// this one: somebody else's code may have called on the middleware's behalf.
    /// </summary>
    public AmbientContext OrCurrent() =>
        s_connection.Value == _connection && ExecutionContext.Capture() is { } current && current != _context
            ? new AmbientContext(_connection, current)
            : this;

    // The framework does not hand its empty context out. A thread that is started without a context has it.
    private static ExecutionContext CaptureEmpty()
    {
        ExecutionContext? empty = null;
        var thread = new Thread(() => empty = ExecutionContext.Capture());
        thread.UnsafeStart();
        thread.Join();
        return empty!;
    }

    /// <summary>User code on this thread.</summary>
    public readonly ref struct Scope
    {
        private readonly ExecutionContext _before;
        private readonly SynchronizationContext? _synchronizationBefore;
        private readonly Cascade.UserCode _userCode;

        internal Scope(ExecutionContext context, Cascade.UserCode userCode)
        {
            // None to be captured means that the caller suppressed its flow, which only user code does; it ends with that code.
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
