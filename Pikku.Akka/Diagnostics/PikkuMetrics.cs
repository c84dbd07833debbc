using System.Diagnostics.Metrics;

namespace Pikku.Akka.Diagnostics;

/// <summary>The counters of connections and messages, on the meter <c>Pikku.Akka</c>.</summary>
internal sealed class PikkuMetrics
{
    public const string MeterName = "Pikku.Akka";

    private readonly UpDownCounter<int> _connections;
    private readonly Counter<long> _upgradesRefused;
    private readonly Counter<long> _received;
    private readonly Counter<long> _failed;
    private readonly Counter<long> _abandoned;
    private readonly Counter<long> _closed;
    private readonly Counter<long> _overflows;
    private readonly Counter<long> _channelMiddleware;
    private readonly Counter<long> _binary;
    private readonly Counter<long> _handlers;
    private readonly Counter<long> _lanes;

    public PikkuMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _connections = meter.CreateUpDownCounter<int>("pikku.connections", "{connection}", "Open connections");
        _upgradesRefused = meter.CreateCounter<long>("pikku.upgrades.refused", "{upgrade}", "Upgrades that were refused, by status");
        _received = meter.CreateCounter<long>("pikku.messages.received", "{message}", "Messages that came in");
        _failed = meter.CreateCounter<long>("pikku.messages.failed", "{message}", "Messages that were answered with an error, by its name");
        _abandoned = meter.CreateCounter<long>("pikku.messages.abandoned", "{message}", "Messages that passed their deadline");
        _closed = meter.CreateCounter<long>("pikku.connections.closed", "{connection}", "Connections that ended, by close code");
        _overflows = meter.CreateCounter<long>("pikku.outbox.overflows", "{connection}", "Connections that were closed because they read too slowly");
        _channelMiddleware = meter.CreateCounter<long>("pikku.channel_middleware.failures", "{event}", "Events that channel middleware dropped by an exception or a timeout");
        _binary = meter.CreateCounter<long>("pikku.binary.failures", "{message}", "Binary messages that failed or that nobody takes");
        _handlers = meter.CreateCounter<long>("pikku.event_handlers.failures", "{event}", "Events whose handler threw");
        _lanes = meter.CreateCounter<long>("pikku.lanes.restarts", "{lane}", "Lanes that ended and were started again");
    }

    public void Connected(string channel) => _connections.Add(1, Channel(channel));

    public void Disconnected(string channel, int code)
    {
        _connections.Add(-1, Channel(channel));
        _closed.Add(1, Channel(channel), new KeyValuePair<string, object?>("code", code));
    }

    public void UpgradeRefused(string channel, int status) =>
        _upgradesRefused.Add(1, Channel(channel), new KeyValuePair<string, object?>("status", status));

    public void Received(string channel, int messages) => _received.Add(messages, Channel(channel));

    public void Failed(string channel, string error) => _failed.Add(1, Channel(channel), new KeyValuePair<string, object?>("error", error));

    public void Abandoned(string channel) => _abandoned.Add(1, Channel(channel));

    public void OutboxOverflowed(string channel) => _overflows.Add(1, Channel(channel));

    public void ChannelMiddlewareFailed(string channel) => _channelMiddleware.Add(1, Channel(channel));

    public void BinaryFailed(string channel) => _binary.Add(1, Channel(channel));

    public void EventHandlerFailed(string channel) => _handlers.Add(1, Channel(channel));

    public void LaneRestarted(string channel) => _lanes.Add(1, Channel(channel));

    private static KeyValuePair<string, object?> Channel(string name) => new("channel", name);
}
