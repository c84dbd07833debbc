using System.Diagnostics;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Dispatch;
using Pikku.Akka.Functions.Input;
using Pikku.Akka.Protocol;
using Pikku.Akka.Sessions;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Functions;

/// <summary>One call of a function, from the checks to the result. Higher layers derive from it to add the message.</summary>
internal abstract class Invocation : IPikkuCall
{
    private static readonly TaskCompletionSource NotStarted = new();

    private CancellationTokenSource? _cancellation;
    private TaskCompletionSource? _functionDone;
    private volatile bool _cancelled;
    private volatile FunctionPhase _functionPhase;
    private volatile bool _isInMiddleware;
    private PikkuContext? _context;
    private InvocationServices? _services;
    private CallSpan? _span;

    static Invocation() => NotStarted.SetResult();

    /// <summary>The action that is called.</summary>
    public BoundAction Action { get; protected set; } = null!;

    /// <summary>The context for user code. Created on first use, because it captures the session with which the call begins.</summary>
    public PikkuContext Context => _context ??= new PikkuContext(this);

    /// <summary>The raw input: JSON, text or bytes, depending on <see cref="BoundAction.Mode"/>.</summary>
    public ReadOnlyMemory<byte> Data { get; protected set; }

    /// <summary>The subscription that the call asks for; null for a call of a function.</summary>
    public TopicCall? TopicCall { get; protected set; }

    /// <summary>The opening data of the connection.</summary>
    public abstract object? OpeningData { get; }

    public abstract IPikkuChannel Channel { get; }

    /// <inheritdoc cref="IPikkuCall.User"/>
    public virtual ClaimsPrincipal? User => null;

    /// <summary>True when the permissions of the channel need not be asked, because the connection has kept their yes.</summary>
    public virtual bool IsChannelAllowed => false;

    public abstract SessionHolder Session { get; }

    public abstract IPikkuSessionStore SessionStore { get; }

    public abstract IEventHub EventHub { get; }

    /// <summary>The services of this call.</summary>
    public IServiceProvider Services => _services ??= NewServices();

    public string? ActionName => Action.Name;

    /// <summary>The name of the span. It is not created for each call, because a listener may want only a few of the spans.</summary>
    public virtual string SpanName => Action.SpanNameIn(Channel);

    /// <summary>The kind of the span.</summary>
    public virtual ActivityKind SpanKind => ActivityKind.Server;

    /// <summary>The parent of the span on another node or in the client; not set for none.</summary>
    public virtual ActivityContext SpanParent => default;

    /// <summary>The spans that have caused the call without being its parent; null for none.</summary>
    public virtual IEnumerable<ActivityLink>? SpanLinks => null;

    /// <summary>False when no listener is asked whether it wants the span of the call.</summary>
    public virtual bool IsSpanOffered => true;

    /// <summary>True when a listener records the span of the call.</summary>
    public bool HasRecordedSpan => _span is { IsRecorded: true };

    /// <summary>The progress of the function. Set by its actor.</summary>
    public FunctionPhase FunctionPhase
    {
        get => _functionPhase;
        set => _functionPhase = value;
    }

    /// <summary>True while the synchronous part of the middleware or of an event handler runs. Set by the lane.</summary>
    public bool IsInMiddleware
    {
        get => _isInMiddleware;
        set => _isInMiddleware = value;
    }

    /// <summary>True when the deadline expired before the function started, which therefore does not run.</summary>
    public virtual bool IsAbandoned => false;

    /// <summary>The ambient context that the middleware has created for the function; null for that of the call.</summary>
    public AmbientContext? Within { get; set; }

    /// <summary>True when the function returned a result, including null.</summary>
    public bool HasResult { get; private set; }

    public object? Result { get; private set; }

    /// <summary>The exception of the call; null for success.</summary>
    public Exception? Error { get; private set; }

    /// <summary>Canceled when the connection ends or the deadline expires. Created on first use, because most functions do not use it.</summary>
    public CancellationToken Cancellation
    {
        get
        {
            if (Volatile.Read(ref _cancellation) is { } known)
                return known.Token;
            var source = new CancellationTokenSource();
            source = Interlocked.CompareExchange(ref _cancellation, source, null) ?? source;
            // Either this thread sees _cancelled, or Cancel sees the source.
            if (_cancelled)
                source.Cancel();
            return source.Token;
        }
    }

    /// <summary>The ambient context in which user code of this call runs: that of its connection, and the span of the call if there is a listener.</summary>
    public AmbientContext Ambient => _span?.Ambient ?? ConnectionContext;

    /// <summary>Cancels the user code without waiting for it. A result that it returns afterwards may still be used.</summary>
    public void Cancel()
    {
        _cancelled = true;
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _cancellation) is { } source)
            UserCallbacks.Cancel(source, Ambient, CancellationFailed);
    }

    /// <summary>Called when the first code of the call is about to run: its middleware or, without middleware, its function.</summary>
    public virtual void BeginRun() { }

    /// <summary>Begins the span of the call if there is a listener.</summary>
    public void BeginSpan()
    {
        if (PikkuActivities.HasListeners && IsSpanOffered)
            _span = CallSpan.Begin(this, ConnectionContext);
    }

    /// <summary>Ends the span. Only the first call has an effect: that of the run or that of its deadline.</summary>
    public void EndSpan() => _span?.End(Error);

    /// <summary>Records the error that the client receives in the span.</summary>
    public void NoteError(Exception error, in ErrorInfo info) => _span?.NoteError(error, info);

    /// <inheritdoc cref="CallSpan.BeginDispatched"/>
    public TraceContext? BeginDispatchedSpan(AmbientContext? within) => _span?.BeginDispatched(this, within ?? Ambient);

    /// <summary>Ends the span of the part of the call that ran on another node.</summary>
    public void EndDispatchedSpan() => _span?.EndDispatched(Error);

    /// <summary>Sets the tags of the span. Called only when a listener records it.</summary>
    public virtual void Describe(Activity span)
    {
        span.SetTag(SpanNames.RpcSystem, SpanNames.System)
            .SetTag(SpanNames.RpcMethod, span.OperationName)
            .SetTag(SpanNames.Channel, Channel.Name)
            .SetTag(SpanNames.Connection, Channel.Id);
        if (TopicCall is { } topic)
            span.SetTag(SpanNames.DestinationName, topic.Name).SetTag(SpanNames.DestinationTemplate, topic.Template);
    }

    public void Succeed(object? result)
    {
        HasResult = true;
        Result = result;
    }

    public void Fail(Exception error) => Error = error;

    public virtual IItemSink OpenStream() => throw new NotSupportedException("This call can't reply with a stream.");

    /// <summary>Returns a task that <see cref="CompleteFunction"/> completes instead of the whole call.</summary>
    /// <exception cref="InvalidOperationException">The middleware has returned, so the message and the services of the call are no longer available.</exception>
    public Task WaitForFunctionAsync()
    {
        // Continuations run asynchronously, because the function actor must not run the rest of the middleware.
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return Interlocked.CompareExchange(ref _functionDone, done, null) is null
            ? done.Task
            : throw new InvalidOperationException($"The middleware of {Action.Label} called next after it had returned.");
    }

    /// <summary>Records that the middleware has returned and can no longer start the function. Returns the task of the function if the middleware has started it.</summary>
    public Task CompleteMiddlewareAsync() => (Interlocked.CompareExchange(ref _functionDone, NotStarted, null) ?? NotStarted).Task;

    /// <summary>
    /// Called when the function has run or a check has refused it. If middleware waits for the function, the middleware continues; otherwise the call is
    /// complete.
    /// </summary>
    /// <param name="isReadyForNext">True when the function actor calls this method and can run another call at once.</param>
    /// <returns>The call that the same actor must run next; null for none, and always null if <paramref name="isReadyForNext"/> is false.</returns>
    public Invocation? CompleteFunction(bool isReadyForNext)
    {
        if (_functionDone is null)
            return Complete(isReadyForNext);
        SignalFunction();
        return null;
    }

    /// <summary>Completes the whole call, including its middleware.</summary>
    /// <inheritdoc cref="CompleteFunction"/>
    public abstract Invocation? Complete(bool isReadyForNext);

    /// <summary>
    /// Called when the call will complete asynchronously. Called before the await, so that calls that have completed earlier on the same thread are
    /// reported first.
    /// </summary>
    public virtual void Suspend() { }

    private void SignalFunction()
    {
        if (Error is { } error)
        {
            // The middleware around the function receives the exception now and may handle it.
            Error = null;
            _functionDone!.SetException(error);
        }
        else
        {
            _functionDone!.SetResult();
        }
    }

    /// <summary>Called when the permissions of the channel have allowed the call.</summary>
    /// <param name="session">The session that the call had when they were asked.</param>
    public virtual void KeepChannelAllowed(IPikkuSession? session) { }

    /// <summary>The data as JSON, for permissions that accept any data.</summary>
    public JsonElement DataAsJson()
    {
        if (TopicCall is { } topic)
            return topic.KeyAsJson();
        if (Action.Mode != InputMode.Json || Data.IsEmpty)
            return default;
        LoneSurrogates.Refuse(Data.Span);
        // The scanner has checked the depth already, and it allows one more level for flat messages than the options do.
        var reader = new Utf8JsonReader(Data.Span, new JsonReaderOptions { MaxDepth = int.MaxValue });
        return JsonElement.ParseValue(ref reader);
    }

    /// <summary>Decides whether listeners are asked: about each call with a parent, and about a part of the others.</summary>
    protected bool IsOffered(TraceSettings trace) => trace.Ratio >= 1 || SpanParent != default || Random.Shared.NextDouble() < trace.Ratio;

    /// <summary>The ambient context in which user code of the connection runs.</summary>
    protected virtual AmbientContext ConnectionContext => AmbientContext.None;

    /// <summary>Ends the use of the services of the call.</summary>
    /// <returns>The scope to dispose of; null for none.</returns>
    public IServiceScope? CloseServices() => _services?.Close();

    /// <summary>Disposes of the services of the call. This runs user code, whose exceptions are in the task.</summary>
    public ValueTask DisposeAsync(IServiceScope services)
    {
        try
        {
            using (Ambient.Enter())
                return InvocationServices.DisposeAsync(services);
        }
        catch (Exception e)
        {
            return ValueTask.FromException(e);
        }
    }

    /// <summary>Handles an exception of a callback that user code registered with <see cref="Cancellation"/>.</summary>
    protected virtual void CancellationFailed(Exception error) { }

    protected abstract InvocationServices NewServices();
}
