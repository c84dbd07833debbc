using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Tests.Connections;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Diagnostics;

public sealed class MetricsSpec
{
    [Fact]
    public void Counts_with_the_tags_of_the_call()
    {
        using var meters = new RecordingMeters();
        var measured = new ConcurrentQueue<string>();
        var metrics = new PikkuMetrics(meters);
        using var listener = Listen(meters, measured);

        metrics.Connected("chat", "websocket");
        metrics.Disconnected("chat", "websocket", 1001);
        metrics.UpgradeRefused("chat", 429);
        metrics.Received("chat", 3);
        metrics.Failed("chat", "NotFoundError");
        metrics.Abandoned("chat");
        metrics.OutboxOverflowed("chat");
        metrics.ChannelMiddlewareFailed("chat");
        metrics.BinaryFailed("chat");
        metrics.LaneRestarted("chat");
        metrics.BackgroundFailed("Disposal");
        metrics.Streams("chat", -1);
        metrics.StreamItem("chat");

        Assert.Equal(
            [
                "pikku.connections +1 channel=chat transport=websocket",
                "pikku.connections -1 channel=chat transport=websocket",
                "pikku.connections.closed +1 channel=chat transport=websocket code=1001",
                "pikku.upgrades.refused +1 channel=chat status=429",
                "pikku.messages.received +3 channel=chat",
                "pikku.messages.failed +1 channel=chat error=NotFoundError",
                "pikku.messages.abandoned +1 channel=chat",
                "pikku.outbox.overflows +1 channel=chat",
                "pikku.channel_middleware.failures +1 channel=chat",
                "pikku.binary.failures +1 channel=chat",
                "pikku.lanes.restarts +1 channel=chat",
                "pikku.background.failures +1 work=Disposal",
                "pikku.streams -1 channel=chat",
                "pikku.streams.items +1 channel=chat",
            ],
            measured);
    }

    [Fact]
    public void Counts_the_operations_of_the_hub()
    {
        using var meters = new RecordingMeters();
        var measured = new ConcurrentQueue<string>();
        var metrics = new HubMetrics(meters.Create(new MeterOptions(PikkuMetrics.MeterName)));
        using var listener = Listen(meters, measured);

        metrics.Published();
        metrics.Delivered(7);
        metrics.DeliveryFailed();
        metrics.HandlerFailed();
        metrics.Subscribed();
        metrics.Unsubscribed(2);
        metrics.Refused(EventHubErrorReason.TooLarge);

        Assert.Equal(
            [
                "pikku.event_hub.published +1",
                "pikku.event_hub.delivered +7",
                "pikku.event_hub.delivery_failures +1",
                "pikku.event_hub.handler_failures +1",
                "pikku.event_hub.subscriptions +1",
                "pikku.event_hub.subscriptions -2",
                "pikku.event_hub.refused +1 reason=TooLarge",
            ],
            measured);
    }

    [Theory]
    [InlineData(1000, "1000")]
    [InlineData(1005, "1005")]
    [InlineData(1006, "1006")]
    [InlineData(1013, "1013")]
    [InlineData(3000, "other")]
    [InlineData(4999, "other")]
    [InlineData(1, "other")]
    public void Has_a_tag_value_only_for_registered_close_codes(int code, string tag)
    {
        using var meters = new RecordingMeters();
        var measured = new ConcurrentQueue<string>();
        var metrics = new PikkuMetrics(meters);
        using var listener = Listen(meters, measured);

        metrics.Disconnected("chat", "websocket", code);

        Assert.Contains($"pikku.connections.closed +1 channel=chat transport=websocket code={tag}", measured);
    }

    [Fact]
    public async Task Counts_a_connection_from_its_beginning_to_its_end()
    {
        await using var node = await LiveNode.StartAsync(c => c.MapAction("ping", () => 1));
        var connection = await node.ConnectAsync();
        await connection.SettleAsync();
        Assert.Equal(1, node.Meters["pikku.connections"]);

        connection.Send("""{"action":"ping"}""", """{"action":"none"}""");
        await connection.NextAsync();
        await connection.NextAsync();
        connection.SendBinary(1);
        await connection.WhenIdleAsync();
        await connection.EndAsync();

        Assert.Equal(0, node.Meters["pikku.connections"]);
        Assert.Equal(1, node.Meters["pikku.connections.closed"]);
        Assert.Equal(3, node.Meters["pikku.messages.received"]);
        Assert.Equal(2, node.Meters["pikku.messages.failed"]);
        Assert.Equal(1, node.Meters["pikku.binary.failures"]);
    }

    [Fact]
    public void Every_instrument_has_the_meter_name_a_unit_and_a_description()
    {
        Assert.Equal(PikkuMetrics.MeterName, PikkuMetrics.MeterName);
        foreach (var instrument in Instruments())
        {
            Assert.Equal(PikkuMetrics.MeterName, instrument.Meter.Name);
            Assert.StartsWith("pikku.", instrument.Name, StringComparison.Ordinal);
            Assert.Matches("^{[a-z]+}$", instrument.Unit);
            Assert.False(string.IsNullOrEmpty(instrument.Description), instrument.Name);
        }
    }

    [Fact]
    public async Task Is_documented_for_operators()
    {
        var manual = await File.ReadAllTextAsync(Path.Combine(Root(), "docs", "operating.md"));

        Assert.All(Instruments(), instrument => Assert.Contains($"| `{instrument.Name}` | `{instrument.Unit}` |", manual, StringComparison.Ordinal));
    }

    private static List<Instrument> Instruments()
    {
        using var meters = new RecordingMeters();
        var instruments = new List<Instrument>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, meters))
                instruments.Add(instrument);
        };
        listener.Start();
        _ = new PikkuMetrics(meters);
        _ = new HubMetrics(meters.Create(new MeterOptions(PikkuMetrics.MeterName)));
        return instruments;
    }

    private static MeterListener Listen(RecordingMeters meters, ConcurrentQueue<string> measured)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, meters))
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => measured.Enqueue(Line(instrument, value, tags)));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => measured.Enqueue(Line(instrument, value, tags)));
        listener.Start();
        return listener;
    }

    private static string Line(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var line = $"{instrument.Name} {value:+0;-0}";
        foreach (var (name, of) in tags)
            line += $" {name}={of}";
        return line;
    }

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Pikku.Akka.sln")))
                return folder.FullName;
        throw new DirectoryNotFoundException("There is no Pikku.Akka.sln above the tests.");
    }
}
