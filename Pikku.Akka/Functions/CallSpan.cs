using System.Diagnostics;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Dispatch;

namespace Pikku.Akka.Functions;

/// <summary>The span of one call, which is the current one while user code of the call runs. Made only where somebody listens.</summary>
internal sealed class CallSpan
{
    private readonly Activity _activity;

    private CallSpan(Activity activity, AmbientContext ambient) => (_activity, Ambient) = (activity, ambient);

    /// <summary>What user code of the call sees around it.</summary>
    public AmbientContext Ambient { get; }

    /// <summary>Begins a span that has no parent: the upgrade's is over when a message comes. Null when nobody wants this one.</summary>
    public static CallSpan? Begin(Invocation call, AmbientContext connection)
    {
        // A listener is somebody else's code: should it throw, the call has no span.
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
            // Stopping changes which one is current, on whatever thread this is.
            using var inside = Ambient.Enter();
            if (error is not null)
                _activity.SetStatus(ActivityStatusCode.Error);
            _activity.Stop();
        }
        catch (Exception)
        {
            // A listener, as above.
        }
    }
}
