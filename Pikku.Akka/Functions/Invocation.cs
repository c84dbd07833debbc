using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Dispatch;
using Pikku.Akka.Functions.Input;
using Pikku.Akka.Sessions;

namespace Pikku.Akka.Functions;

/// <summary>One call of a function, from the gates to its result. The floors above derive from it what they know of the message.</summary>
internal abstract class Invocation : IPikkuCall
{
    private static readonly TaskCompletionSource NotStarted = new();

    private CancellationTokenSource? _cancellation;
    private TaskCompletionSource? _functionDone;
    private volatile bool _cancelled;
    private volatile FunctionPhase _functionPhase;
    private volatile bool _isInMiddleware;
    private PikkuContext? _wire;
    private InvocationServices? _services;
    private CallSpan? _span;

    static Invocation() => NotStarted.SetResult();

    /// <summary>What is called, with everything that its wiring adds.</summary>
    public BoundAction Action { get; protected set; } = null!;

    /// <summary>What the user's code gets. Made when it first gets it: it remembers the session that the call began with.</summary>
    public PikkuContext Wire => _wire ??= new PikkuContext(this);

    /// <summary>The input before it is read: JSON, text or bytes as <see cref="BoundAction.Mode"/> says.</summary>
    public ReadOnlyMemory<byte> Data { get; protected set; }

    /// <summary>The opening data of the connection.</summary>
    public abstract object? OpeningData { get; }

    public abstract IPikkuChannel Channel { get; }

    public abstract SessionHolder Session { get; }

    public abstract IPikkuSessionStore SessionStore { get; }

    public abstract IEventHub EventHub { get; }

    /// <summary>The services of this call.</summary>
    public IServiceProvider Services => _services ??= NewServices();

    public string? ActionName => Action.Name;

    /// <summary>The last part of the name of its span.</summary>
    public virtual string SpanName => Action.Name ?? Action.Label;

    /// <summary>How far the function itself has come. Set by its actor.</summary>
    public FunctionPhase FunctionPhase
    {
        get => _functionPhase;
        set => _functionPhase = value;
    }

    /// <summary>True while the first part of the middleware, or of a handler, runs. Set by the lane.</summary>
    public bool IsInMiddleware
    {
        get => _isInMiddleware;
        set => _isInMiddleware = value;
    }

    /// <summary>True when the deadline was there before the function, which then need not run.</summary>
    public virtual bool IsAbandoned => false;

    /// <summary>True when the function ran and returned something, null included.</summary>
    public bool HasResult { get; private set; }

    public object? Result { get; private set; }

    /// <summary>What was thrown on the way; null for success.</summary>
    public Exception? Error { get; private set; }

    /// <summary>Fires when the connection goes or the deadline passes. Made when first asked for: most functions never look.</summary>
    public CancellationToken Cancellation
    {
        get
        {
            if (Volatile.Read(ref _cancellation) is { } known)
                return known.Token;
            var source = new CancellationTokenSource();
            source = Interlocked.CompareExchange(ref _cancellation, source, null) ?? source;
            // Either this sees that the call was cancelled, or Cancel sees the source.
            if (_cancelled)
                source.Cancel();
            return source.Token;
        }
    }

    /// <summary>What the user code of this call sees around it: that of its connection, and its own span where somebody listens.</summary>
    public AmbientContext Ambient => _span?.Ambient ?? ConnectionContext;

    /// <summary>Tells the user's code to stop, and does not wait for what it does about that. What it answers afterwards may still count.</summary>
    public void Cancel()
    {
        _cancelled = true;
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _cancellation) is { } source)
            UserCallbacks.Cancel(source, Ambient, CancellationFailed);
    }

    /// <summary>Begins the span of the call, if anybody listens.</summary>
    public void BeginSpan()
    {
        if (PikkuActivities.Source.HasListeners())
            _span = CallSpan.Begin(this, ConnectionContext);
    }

    /// <summary>Ends it. The first end counts: that of the run, or of its deadline.</summary>
    public void EndSpan() => _span?.End(Error);

    public void Succeed(object? result)
    {
        HasResult = true;
        Result = result;
    }

    public void Fail(Exception error) => Error = error;

    /// <summary>Lets <see cref="CompleteFunction"/> complete the task that is returned, instead of the whole call.</summary>
    /// <exception cref="InvalidOperationException">The middleware is over, and with it the message and the services of the call.</exception>
    public Task WaitForFunctionAsync()
    {
        // The continuations run elsewhere: the function's actor must not run the rest of somebody's middleware.
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return Interlocked.CompareExchange(ref _functionDone, done, null) is null
            ? done.Task
            : throw new InvalidOperationException($"The middleware of {Action.Label} called next after it had returned.");
    }

    /// <summary>The middleware has returned; from now on it can't start the function. Returns the task of a function that it did start.</summary>
    public Task CompleteMiddlewareAsync() => (Interlocked.CompareExchange(ref _functionDone, NotStarted, null) ?? NotStarted).Task;

    /// <summary>
    /// The function has run, or a gate has refused it. If middleware waits for the function, the middleware continues; otherwise the call is
    /// complete.
    /// </summary>
    /// <param name="isReadyForNext">True when the function's actor calls this and can run another call at once.</param>
    /// <returns>The call that the same actor must run next, without being told; null for none, and always when it is not ready for one.</returns>
    public Invocation? CompleteFunction(bool isReadyForNext)
    {
        if (_functionDone is null)
            return Complete(isReadyForNext);
        SignalFunction();
        return null;
    }

    /// <summary>The whole call is over, middleware included.</summary>
    /// <inheritdoc cref="CompleteFunction"/>
    public abstract Invocation? Complete(bool isReadyForNext);

    /// <summary>
    /// The call waits for something and completes later, elsewhere. Called before it is awaited, so that what has completed before this call on
    /// the same thread is reported first.
    /// </summary>
    public virtual void Suspend() { }

    private void SignalFunction()
    {
        if (Error is { } error)
        {
            // The middleware around the function gets it now, and may well answer for it.
            Error = null;
            _functionDone!.SetException(error);
        }
        else
        {
            _functionDone!.SetResult();
        }
    }

    /// <summary>The data as JSON, for permissions that look at any data.</summary>
    public JsonElement DataAsJson()
    {
        if (Action.Mode != InputMode.Json || Data.IsEmpty)
            return default;
        LoneSurrogates.Refuse(Data.Span);
        // The scanner has read it, and allows a level more than that for a flat message.
        var reader = new Utf8JsonReader(Data.Span, new JsonReaderOptions { MaxDepth = int.MaxValue });
        return JsonElement.ParseValue(ref reader);
    }

    /// <summary>What user code of the connection sees around it.</summary>
    protected virtual AmbientContext ConnectionContext => AmbientContext.None;

    /// <summary>Ends the use of the services of the call.</summary>
    /// <returns>What is to be disposed of; null for nothing.</returns>
    protected IServiceScope? CloseServices() => _services?.Close();

    /// <summary>Disposes of the services of the call. That is user code, and what it throws is in the task.</summary>
    protected ValueTask DisposeAsync(IServiceScope services)
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

    /// <summary>What user code registered with <see cref="Cancellation"/> has thrown.</summary>
    protected virtual void CancellationFailed(Exception error) { }

    protected abstract InvocationServices NewServices();
}
