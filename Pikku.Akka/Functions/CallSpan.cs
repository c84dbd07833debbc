using System.Diagnostics;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Dispatch;

namespace Pikku.Akka.Functions;

/// <summary>The tracing span of one call, which is the current activity while user code of the call runs. Created only if there is a listener.</summary>
internal sealed class CallSpan
{
    private readonly Activity _activity;

    private CallSpan(Activity activity, AmbientContext ambient) => (_activity, Ambient) = (activity, ambient);

    /// <summary>The ambient context in which user code of the call runs.</summary>
    public AmbientContext Ambient { get; }

    /// <summary>Begins a span without a parent, because the span of the upgrade request ends before messages arrive. Returns null when no listener samples it.</summary>
    public static CallSpan? Begin(Invocation call, AmbientContext connection)
    {
        // Listeners are external code. If one throws, the call runs without a span.
        try
        {
            using var inside = connection.Enter();
            var activity = PikkuActivities.Source.StartActivity($"{call.Channel.Name}/{call.SpanName}", ActivityKind.Server, default(ActivityContext));
            if (activity is null)
                return null;
            activity.SetTag("pikku.channel", call.Channel.Name);
            activity.SetTag("pikku.connection", call.Channel.Id);
            return new CallSpan(activity, connection.OrCurrent());
        }
        catch (Exception)
        {
            return null;
        }
    }

    public void End(Exception? error)
    {
        try
        {
            // Stop changes Activity.Current of this thread, so it runs inside the context of the call.
            using var inside = Ambient.Enter();
            if (error is not null)
                _activity.SetStatus(ActivityStatusCode.Error);
            _activity.Stop();
        }
        catch (Exception)
        {
            // Thrown by a listener.
        }
    }
}
