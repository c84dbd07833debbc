using System.Diagnostics.Metrics;

namespace Pikku.Akka.Diagnostics;

/// <summary>The instruments of connections and messages, on the meter <c>Pikku.Akka</c>.</summary>
internal sealed class PikkuMetrics
{
    /// <summary>The name of the meter of all instruments of a node.</summary>
    public const string MeterName = "Pikku.Akka";

    private readonly UpDownCounter<int> _connections;
    private readonly Histogram<double> _life;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _upgradesRefused;
    private readonly Counter<long> _received;
    private readonly Counter<long> _failed;
    private readonly Counter<long> _abandoned;
    private readonly Counter<long> _closed;
    private readonly Counter<long> _overflows;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _channelMiddleware;
    private readonly Counter<long> _binary;
    private readonly Counter<long> _lanes;
    private readonly UpDownCounter<int> _streams;
    private readonly Counter<long> _streamItems;
    private readonly Counter<long> _background;

    public PikkuMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _connections = meter.CreateUpDownCounter<int>("pikku.active_connections", "{connection}", "Open connections");
        _life = meter.CreateHistogram("pikku.connection.duration", "s", "How long connections lasted, by how they ended", advice: MetricBuckets.Connections);
        _bytes = meter.CreateCounter<long>("pikku.network.io", "By", "Bytes that were received from clients and sent to them, with the framing of the transport and after compression");
        _upgradesRefused = meter.CreateCounter<long>("pikku.upgrade.refused", "{upgrade}", "Upgrades and event streams that were refused, by status");
        _received = meter.CreateCounter<long>("pikku.message.received", "{message}", "Messages that were received");
        _failed = meter.CreateCounter<long>("pikku.message.failed", "{message}", "Messages, events and lifecycle functions that failed, by the name of the error");
        _abandoned = meter.CreateCounter<long>("pikku.message.abandoned", "{message}", "Messages, events and lifecycle functions that passed their deadline");
        _closed = meter.CreateCounter<long>("pikku.connection.closed", "{connection}", "Connections that ended, by close code");
        _overflows = meter.CreateCounter<long>("pikku.outbox.overflows", "{connection}", "Connections that were closed because the client or its handlers were too slow");
        _dropped = meter.CreateCounter<long>("pikku.outbox.events_dropped", "{event}", "Events that were dropped to make room for others");
        _channelMiddleware = meter.CreateCounter<long>("pikku.channel_middleware.failures", "{event}", "Events that channel middleware dropped because of an exception or a timeout");
        _binary = meter.CreateCounter<long>("pikku.binary.failures", "{message}", "Binary messages that failed or that have no handler");
        _lanes = meter.CreateCounter<long>("pikku.lane.restarts", "{lane}", "Lanes that failed and were restarted");
        _streams = meter.CreateUpDownCounter<int>("pikku.active_streams", "{stream}", "Streams whose functions run");
        _streamItems = meter.CreateCounter<long>("pikku.stream.items", "{item}", "Items of streams");
        _background = meter.CreateCounter<long>("pikku.background.failures", "{task}", "Tasks that failed when nothing waited for their result any more, by work");
        Calls = new CallMetrics(meter);
    }

    /// <summary>The latest errors, for operators.</summary>
    public RecentErrors Errors { get; } = new();

    /// <summary>The histograms of calls.</summary>
    public CallMetrics Calls { get; }

    /// <summary>True while something listens to the bytes.</summary>
    public bool CountsBytes => _bytes.Enabled;

    public void Connected(string channel, string transport) => _connections.Add(1, Channel(channel), Transport(transport));

    public void Disconnected(string channel, string transport, int code, TimeSpan life)
    {
        _connections.Add(-1, Channel(channel), Transport(transport));
        _life.Record(life.TotalSeconds, Channel(channel), Transport(transport), new KeyValuePair<string, object?>("end", EndOf(code)));
        _closed.Add(1, Channel(channel), Transport(transport), new KeyValuePair<string, object?>("code", IsKnown(code) ? code : "other"));
    }

    public void BytesReceived(string channel, string transport, long bytes) =>
        _bytes.Add(bytes, Channel(channel), Transport(transport), new KeyValuePair<string, object?>("direction", "receive"));

    public void BytesSent(string channel, string transport, long bytes) =>
        _bytes.Add(bytes, Channel(channel), Transport(transport), new KeyValuePair<string, object?>("direction", "transmit"));

    public void UpgradeRefused(string channel, int status) =>
        _upgradesRefused.Add(1, Channel(channel), new KeyValuePair<string, object?>("status", status));

    public void Received(string channel, int messages) => _received.Add(messages, Channel(channel));

    public void Failed(string channel, string error) => _failed.Add(1, Channel(channel), new KeyValuePair<string, object?>("error", error));

    public void Abandoned(string channel) => _abandoned.Add(1, Channel(channel));

    public void OutboxOverflowed(string channel) => _overflows.Add(1, Channel(channel));

    public void EventsDropped(string channel, int events) => _dropped.Add(events, Channel(channel));

    public void ChannelMiddlewareFailed(string channel) => _channelMiddleware.Add(1, Channel(channel));

    public void BinaryFailed(string channel) => _binary.Add(1, Channel(channel));

    public void Streams(string channel, int change) => _streams.Add(change, Channel(channel));

    public void StreamItem(string channel) => _streamItems.Add(1, Channel(channel));

    public void LaneRestarted(string channel) => _lanes.Add(1, Channel(channel));

    public void BackgroundFailed(string work) => _background.Add(1, new KeyValuePair<string, object?>("work", work));

    // A client may close with any of thousands of codes (RFC 6455 §7.4.2), and each value of a tag is a time series of its own. 1005 and
    // 1006 stand for a close frame without a code and for a missing close frame (§7.1.5). Codes outside of the range belong to applications.
    private static bool IsKnown(int code) => code is >= 1000 and <= 1015;

    // A class for several codes, because each value of the tag has the buckets of a histogram.
    private static string EndOf(int code) => code switch
    {
        1000 or 1001 or 1005 => "normal",
        1006 => "lost",
        1002 or 1003 or 1004 or (>= 1007 and <= 1010) => "refused",
        1013 => "overloaded",
        1011 or 1012 or 1014 or 1015 => "failed",
        _ => "other",
    };

    private static KeyValuePair<string, object?> Channel(string name) => new("channel", name);

    private static KeyValuePair<string, object?> Transport(string kind) => new("transport", kind);
}
