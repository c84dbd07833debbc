using System.Diagnostics.Metrics;

namespace Pikku.Akka.Diagnostics;

/// <summary>The instruments of the event hub.</summary>
/// <param name="meter">The meter of the node, <see cref="PikkuMetrics.MeterName"/>.</param>
internal sealed class HubMetrics(Meter meter)
{
    private readonly Counter<long> _published = meter.CreateCounter<long>(
        "pikku.event_hub.published", "{event}", "Events that were published on this node.");

    private readonly Counter<long> _delivered = meter.CreateCounter<long>(
        "pikku.event_hub.delivered", "{event}", "Events that were delivered to a subscriber of this node.");

    private readonly Counter<long> _deliveryFailures = meter.CreateCounter<long>(
        "pikku.event_hub.delivery_failures", "{event}", "Events whose delivery to a subscriber failed.");

    private readonly Counter<long> _handlerFailures = meter.CreateCounter<long>(
        "pikku.event_hub.handler_failures", "{event}", "Events whose handler threw.");

    private readonly UpDownCounter<long> _subscriptions = meter.CreateUpDownCounter<long>(
        "pikku.event_hub.subscriptions", "{subscription}", "Subscriptions of this node's connections, handlers included.");

    private readonly UpDownCounter<long> _topics = meter.CreateUpDownCounter<long>(
        "pikku.event_hub.topics", "{topic}", "Topics that have a subscriber on this node.");

    private readonly Counter<long> _refused = meter.CreateCounter<long>(
        "pikku.event_hub.refused", "{call}", "Calls that the hub refused, by reason.");

    private readonly Counter<long> _batchesSent = meter.CreateCounter<long>(
        "pikku.event_hub.batches_sent", "{batch}", "Batches of events that this node sent to the others.");

    private readonly Counter<long> _batchesLost = meter.CreateCounter<long>(
        "pikku.event_hub.batches_lost", "{batch}", "Batches of other nodes that did not arrive or can't be read.");

    private readonly Counter<long> _typeMismatches = meter.CreateCounter<long>(
        "pikku.event_hub.type_mismatches", "{event}", "Events of other nodes that were dropped because their type differs from the type that the subscribers of their topic expect.");

    private readonly UpDownCounter<long> _keptEvents = meter.CreateUpDownCounter<long>(
        "pikku.history.events", "{event}", "Events that this node keeps for clients that come back.");

    private readonly UpDownCounter<long> _keptSize = meter.CreateUpDownCounter<long>(
        "pikku.history.size", "By", "The memory of the kept events.");

    private readonly Counter<long> _recoveries = meter.CreateCounter<long>(
        "pikku.history.recoveries", "{subscribe}", "Subscribes of clients with a position, by outcome: complete, expired, limit or unknown.");

    private readonly Histogram<long> _replayed = meter.CreateHistogram(
        "pikku.history.replayed", "{event}", "Kept events that were sent to a client that came back, by outcome.", advice: MetricBuckets.Events);

    private readonly Histogram<double> _lag = meter.CreateHistogram(
        "pikku.event_hub.lag", "s",
        "How long events of other nodes take: from the publish of the first event of a batch on its node until this node delivers the batch. The publishing node states the time "
        + "of the publish, so the difference between the clocks of the two nodes is a part of the value; a negative value counts as 0.",
        advice: MetricBuckets.Calls);

    private readonly UpDownCounter<long> _waitingSubscribes = meter.CreateUpDownCounter<long>(
        "pikku.history.waiting", "{subscribe}", "Subscribes that wait until this node has everything that their clients have.");

    private long _topicCount;
    private long _subscriptionCount;

    /// <summary>The number of topics that currently have a subscriber.</summary>
    public long Topics => Interlocked.Read(ref _topicCount);

    /// <summary>The current number of subscriptions.</summary>
    public long Subscriptions => Interlocked.Read(ref _subscriptionCount);

    public void TopicsChanged(int by)
    {
        if (by == 0)
            return;
        _topics.Add(by);
        Interlocked.Add(ref _topicCount, by);
    }

    public void HistoryChanged(int events, long size)
    {
        if (events != 0)
            _keptEvents.Add(events);
        if (size != 0)
            _keptSize.Add(size);
    }

    public void Recovered(string outcome, int replayed)
    {
        var tag = new KeyValuePair<string, object?>("outcome", outcome);
        _recoveries.Add(1, tag);
        _replayed.Record(replayed, tag);
    }

    /// <summary>True while something listens to the lag.</summary>
    public bool MeasuresLag => _lag.Enabled;

    /// <summary>Records the time between a publish on another node and its delivery on this one.</summary>
    public void Lagged(TimeSpan lag) => _lag.Record(Math.Max(0, lag.TotalSeconds));

    public void WaitingChanged(int by) => _waitingSubscribes.Add(by);

    public void BatchSent() => _batchesSent.Add(1);

    public void BatchesLost(long batches) => _batchesLost.Add(batches);

    public void TypeMismatch() => _typeMismatches.Add(1);

    public void Published() => _published.Add(1);

    public void Delivered(int subscribers) => _delivered.Add(subscribers);

    public void DeliveryFailed() => _deliveryFailures.Add(1);

    public void HandlerFailed() => _handlerFailures.Add(1);

    public void Subscribed()
    {
        _subscriptions.Add(1);
        Interlocked.Increment(ref _subscriptionCount);
    }

    public void Unsubscribed(int subscriptions)
    {
        _subscriptions.Add(-subscriptions);
        Interlocked.Add(ref _subscriptionCount, -subscriptions);
    }

    // The enumeration of the reasons belongs to Wiring, which is above this floor.
    public void Refused(Enum reason) => _refused.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));
}
