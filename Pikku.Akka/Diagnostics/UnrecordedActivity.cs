using System.Diagnostics;

namespace Pikku.Akka.Diagnostics;

/// <summary>
/// The current activity of user code whose call was not offered to listeners (<c>pikku.trace.ratio</c>). It is not recorded, so samplers that follow the parent, as that of
/// OpenTelemetry does, record nothing that the code starts itself, and other services learn from its flags that the trace is not recorded. Without it each query and each request of the code would
/// begin a trace of its own.
/// </summary>
internal static class UnrecordedActivity
{
    /// <summary>Creates the activity of one connection: the lines that its calls log belong together then, and not to those of other connections.</summary>
    public static Activity Create()
    {
        var before = Activity.Current;
        Activity.Current = null;
        try
        {
            // It is never stopped, because it covers no work. No listener has started it, so none waits for its end.
            return new Activity(SpanNames.Unrecorded).SetIdFormat(ActivityIdFormat.W3C).Start();
        }
        finally
        {
            Activity.Current = before;
        }
    }
}
