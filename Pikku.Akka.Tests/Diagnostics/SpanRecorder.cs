using System.Collections.Concurrent;
using System.Diagnostics;
using Pikku.Akka.Tests.WebSockets;

namespace Pikku.Akka.Tests.Diagnostics;

/// <summary>
/// Keeps the spans of one test in memory. The source belongs to the process, so the test tells its spans from those of others by a mark that is in the names of its
/// channels and topics; the children of its spans belong to it as well.
/// </summary>
internal sealed class SpanRecorder : IDisposable
{
    private readonly ConcurrentQueue<Activity> _started = [];
    private readonly ConcurrentQueue<Activity> _stopped = [];
    private readonly ConcurrentDictionary<ActivityTraceId, bool> _traces = [];
    private readonly ActivityListener _listener;

    /// <param name="result">Whether the spans of the test are recorded.</param>
    public SpanRecorder(ActivitySamplingResult result = ActivitySamplingResult.AllDataAndRecorded)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Pikku.Akka",
            Sample = (ref options) =>
                options.Name.Contains(Mark, StringComparison.Ordinal) || _traces.ContainsKey(options.TraceId) ? result : ActivitySamplingResult.None,
            ActivityStarted = activity =>
            {
                if (!IsMine(activity))
                    return;
                _traces[activity.TraceId] = true;
                _started.Enqueue(activity);
                Started?.Invoke(activity);
            },
            ActivityStopped = activity =>
            {
                if (IsMine(activity))
                    _stopped.Enqueue(activity);
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>The part of the names by which the test knows its spans.</summary>
    public string Mark { get; } = $"t{Guid.NewGuid():N}";

    /// <summary>Called within the start of a span.</summary>
    public Action<Activity>? Started { get; set; }

    /// <summary>The spans that have started, in this order.</summary>
    public IReadOnlyCollection<Activity> All => _started;

    public IReadOnlyCollection<Activity> Ended => _stopped;

    /// <summary>Waits until a span with this name, without the mark, has ended, and returns it.</summary>
    public async Task<Activity> EndedAsync(string name, ActivityKind? kind = null)
    {
        Activity? found = null;
        await Eventually.Holds(
            () => (found = _stopped.FirstOrDefault(span => NameOf(span) == name && (kind is null || span.Kind == kind))) is not null, $"the end of {name}");
        return found!;
    }

    /// <summary>The name of a span without the mark.</summary>
    public string NameOf(Activity span) => span.OperationName.Replace(Mark, "", StringComparison.Ordinal);

    public void Dispose() => _listener.Dispose();

    private bool IsMine(Activity span) => span.OperationName.Contains(Mark, StringComparison.Ordinal) || _traces.ContainsKey(span.TraceId);
}
