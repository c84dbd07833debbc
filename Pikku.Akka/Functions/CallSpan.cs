using System.Diagnostics;
using System.Globalization;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Dispatch;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Functions;

/// <summary>The span of one call, which is the current activity while user code of the call runs. Created only if a listener wants it.</summary>
internal sealed class CallSpan
{
    private readonly Activity _activity;
    private Activity? _dispatched;

    private CallSpan(Activity activity, AmbientContext ambient) => (_activity, Ambient) = (activity, ambient);

    /// <summary>The ambient context in which user code of the call runs.</summary>
    public AmbientContext Ambient { get; }

    /// <summary>True when a listener records the span. The steps within the call have spans of their own then.</summary>
    public bool IsRecorded => _activity.IsAllDataRequested;

    /// <summary>Begins a span. It is not a child of the upgrade request, which has ended before messages arrive. Returns null when no listener wants it.</summary>
    public static CallSpan? Begin(Invocation call, AmbientContext connection)
    {
        try
        {
            using var inside = connection.Enter();
            var parent = call.SpanParent; // read once, because a message may have to search its text for it
            if (parent == default)
                Activity.Current = null; // otherwise the activity of code without a span would be the parent (UnrecordedActivity)
            if (PikkuActivities.Start(call.SpanName, call.SpanKind, parent, call.SpanLinks) is not { } activity)
                return null;
            if (activity.IsAllDataRequested)
                call.Describe(activity);
            return new CallSpan(activity, connection.OrCurrent());
        }
        catch (Exception)
        {
            return null;
        }
    }

    /// <summary>Begins the span of the part of the call that runs on another node.</summary>
    /// <param name="call">The call.</param>
    /// <param name="within">The ambient context that the middleware has created for the function.</param>
    /// <returns>The context that the other node continues; null when it is not recorded.</returns>
    public TraceContext? BeginDispatched(Invocation call, AmbientContext within)
    {
        if (!IsRecorded)
            return null;
        using var inside = within.Enter();
        _dispatched = PikkuActivities.StartCall(call.SpanName, call.SpanName, call.Channel.Name);
        return TraceContext.Of(Activity.Current);
    }

    /// <summary>Ends the span of the part of the call that ran on another node. Without such a span it does nothing.</summary>
    public void EndDispatched(Exception? error)
    {
        // The first end counts: that of the function, or that of the call when its deadline has passed.
        if (Volatile.Read(ref _dispatched) is null || Interlocked.Exchange(ref _dispatched, null) is not { } span)
            return;
        using var inside = Ambient.Enter();
        if (error is ForwardedError forwarded)
            Fail(span, forwarded.Info);
        if (error is not null)
            PikkuActivities.Fail(span, error, ErrorNameOf(error));
        PikkuActivities.Stop(span);
    }

    /// <summary>Records the error that the client receives.</summary>
    /// <param name="error">The exception.</param>
    /// <param name="info">The error.</param>
    public void NoteError(Exception error, in ErrorInfo info)
    {
        if (!IsRecorded)
            return;
        // An unexpected exception has its own type, because all of them are one error for clients.
        if (info.ErrorId is null)
            _activity.SetTag(SpanNames.ErrorType, info.Name);
        PikkuActivities.Fail(_activity, error, ErrorNameOf(error));
        _activity.SetTag(SpanNames.RpcStatus, StatusOf(info));
        if (info.ErrorId is { } id)
            _activity.SetTag(SpanNames.ErrorId, id);
    }

    /// <summary>Ends the span. Only the first call has an effect: that of the run or that of its deadline.</summary>
    public void End(Exception? error)
    {
        EndDispatched(error);
        // Stop changes Activity.Current of this thread, so it runs inside the context of the call. A span that is not recorded has nothing that a listener could
        // look up there, and most spans are not recorded: the empty context spares it two new contexts.
        using var inside = IsRecorded ? Ambient.Enter() : AmbientContext.Leave();
        if (error is not null)
            PikkuActivities.Fail(_activity, error, ErrorNameOf(error));
        PikkuActivities.Stop(_activity);
    }

    /// <summary>The name of an error that clients know; null for any other exception, which is named by its type.</summary>
    public static string? ErrorNameOf(Exception error) => (error as PikkuException)?.Name;

    private static void Fail(Activity span, in ErrorInfo info) =>
        span.SetTag(SpanNames.ErrorType, info.Name).SetTag(SpanNames.RpcStatus, StatusOf(info));

    private static string StatusOf(in ErrorInfo info) => info.Status.ToString(CultureInfo.InvariantCulture);
}
