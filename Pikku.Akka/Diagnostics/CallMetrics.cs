using System.Diagnostics.Metrics;

namespace Pikku.Akka.Diagnostics;

/// <summary>
/// The histograms of calls: how long a message waits for its code, and how long the code runs. A caller asks <see cref="AreEnabled"/> before it reads a clock, so that
/// calls cost nothing while nothing listens.
/// </summary>
/// <param name="meter">The meter of the node, <see cref="PikkuMetrics.MeterName"/>.</param>
internal sealed class CallMetrics(Meter meter)
{
    /// <summary>The outcome of a call without an error. The outcome of any other is the name of its error.</summary>
    public const string Ok = "ok";

    private readonly Histogram<double> _duration = meter.CreateHistogram(
        "pikku.function.duration", "s",
        "How long calls run: from the start of their middleware or, without middleware, of their function until their reply, or until the first item of their stream. "
        + "A function of another node is measured by the node of the connection.",
        advice: MetricBuckets.Calls);

    private readonly Histogram<double> _timeInQueue = meter.CreateHistogram(
        "pikku.message.time_in_queue", "s",
        "How long messages wait on this node: from the arrival of their bytes until their middleware or function starts, or until they are given up.",
        advice: MetricBuckets.Calls);

    /// <summary>True while something listens to one of the histograms.</summary>
    public bool AreEnabled => _duration.Enabled || _timeInQueue.Enabled;

    /// <summary>Records a call that has a reply.</summary>
    /// <param name="channel">The name of the channel.</param>
    /// <param name="action">The name of the action, or what else the wiring calls the function.</param>
    /// <param name="outcome"><see cref="Ok"/>, or the name of the error.</param>
    /// <param name="duration">The time since its start.</param>
    public void Ran(string channel, string action, string outcome, TimeSpan duration)
    {
        try
        {
            _duration.Record(duration.TotalSeconds, new("channel", channel), new("action", action), new KeyValuePair<string, object?>("outcome", outcome));
        }
        catch (Exception)
        {
            // Listeners are external code. If one throws, the call goes on.
        }
    }

    /// <summary>Records a message that has started, or that was given up before.</summary>
    /// <inheritdoc cref="Ran"/>
    public void Waited(string channel, string action, TimeSpan duration)
    {
        try
        {
            _timeInQueue.Record(duration.TotalSeconds, new("channel", channel), new KeyValuePair<string, object?>("action", action));
        }
        catch (Exception)
        {
            // As above.
        }
    }
}
