using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
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
        metrics.Disconnected("chat", "websocket", 1001, TimeSpan.FromSeconds(90));
        metrics.BytesReceived("chat", "websocket", 20);
        metrics.BytesSent("chat", "websocket", 30);
        metrics.Calls.Waited("chat", "say", TimeSpan.FromMilliseconds(20));
        metrics.Calls.Ran("chat", "say", CallMetrics.Ok, TimeSpan.FromMilliseconds(40));
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
                "pikku.connection.count +1 channel=chat transport=websocket",
                "pikku.connection.count -1 channel=chat transport=websocket",
                "pikku.connection.duration +90 channel=chat transport=websocket end=normal",
                "pikku.connection.closed +1 channel=chat transport=websocket code=1001",
                "pikku.network.io +20 channel=chat transport=websocket direction=receive",
                "pikku.network.io +30 channel=chat transport=websocket direction=transmit",
                "pikku.message.time_in_queue +0.02 channel=chat action=say",
                "pikku.function.duration +0.04 channel=chat action=say outcome=ok",
                "pikku.upgrade.refused +1 channel=chat status=429",
                "pikku.message.received +3 channel=chat",
                "pikku.message.failed +1 channel=chat error=NotFoundError",
                "pikku.message.abandoned +1 channel=chat",
                "pikku.outbox.overflows +1 channel=chat",
                "pikku.channel_middleware.failures +1 channel=chat",
                "pikku.binary.failures +1 channel=chat",
                "pikku.lane.restarts +1 channel=chat",
                "pikku.background.failures +1 work=Disposal",
                "pikku.stream.count -1 channel=chat",
                "pikku.stream.items +1 channel=chat",
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
        metrics.Recovered("complete", 12);
        metrics.Lagged(TimeSpan.FromMilliseconds(3));
        metrics.Lagged(TimeSpan.FromMilliseconds(-3));

        Assert.Equal(
            [
                "pikku.event_hub.published +1",
                "pikku.event_hub.delivered +7",
                "pikku.event_hub.delivery_failures +1",
                "pikku.event_hub.handler_failures +1",
                "pikku.event_hub.subscriptions +1",
                "pikku.event_hub.subscriptions -2",
                "pikku.event_hub.refused +1 reason=TooLarge",
                "pikku.history.recoveries +1 outcome=complete",
                "pikku.history.replayed +12 outcome=complete",
                "pikku.event_hub.lag +0.003",
                "pikku.event_hub.lag +0",
            ],
            measured);
    }

    [Theory]
    [InlineData(1000, "1000", "normal")]
    [InlineData(1001, "1001", "normal")]
    [InlineData(1005, "1005", "normal")]
    [InlineData(1006, "1006", "lost")]
    [InlineData(1008, "1008", "refused")]
    [InlineData(1011, "1011", "failed")]
    [InlineData(1013, "1013", "overloaded")]
    [InlineData(3000, "other", "other")]
    [InlineData(4999, "other", "other")]
    [InlineData(1, "other", "other")]
    public void Has_a_tag_value_only_for_registered_close_codes_and_a_class_of_them_for_the_duration(int code, string tag, string end)
    {
        using var meters = new RecordingMeters();
        var measured = new ConcurrentQueue<string>();
        var metrics = new PikkuMetrics(meters);
        using var listener = Listen(meters, measured);

        metrics.Disconnected("chat", "websocket", code, TimeSpan.FromSeconds(2));

        Assert.Contains($"pikku.connection.duration +2 channel=chat transport=websocket end={end}", measured);
        Assert.Contains($"pikku.connection.closed +1 channel=chat transport=websocket code={tag}", measured);
    }

    [Fact]
    public async Task Counts_a_connection_from_its_beginning_to_its_end()
    {
        await using var node = await LiveNode.StartAsync(c => c.MapAction("ping", () => 1));
        var connection = await node.ConnectAsync();
        await connection.SettleAsync();
        Assert.Equal(1, node.Meters["pikku.connection.count"]);

        connection.Send("""{"action":"ping"}""", """{"action":"none"}""");
        await connection.NextAsync();
        await connection.NextAsync();
        connection.SendBinary(1);
        await connection.WhenIdleAsync();
        await connection.EndAsync();

        Assert.Equal(0, node.Meters["pikku.connection.count"]);
        Assert.Equal(1, node.Meters["pikku.connection.closed"]);
        Assert.Equal(3, node.Meters["pikku.message.received"]);
        Assert.Equal(2, node.Meters["pikku.message.failed"]);
        Assert.Equal(1, node.Meters["pikku.binary.failures"]);
    }

    [Fact]
    public void Every_instrument_has_the_meter_name_a_unit_of_OpenTelemetry_and_a_description()
    {
        foreach (var instrument in Instruments())
        {
            Assert.Equal(PikkuMetrics.MeterName, instrument.Meter.Name);
            Assert.StartsWith("pikku.", instrument.Name, StringComparison.Ordinal);
            Assert.Matches("^(s|By|{[a-z]+})$", instrument.Unit);
            Assert.False(string.IsNullOrEmpty(instrument.Description), instrument.Name);
        }
    }

    [Fact]
    public void Every_histogram_advises_its_buckets_in_ascending_order()
    {
        var boundaries = Instruments().Select(BoundariesOf).OfType<double[]>().ToArray();

        Assert.Equal(Instruments().Count(instrument => KindOf(instrument) == "histogram"), boundaries.Length);
        Assert.All(boundaries, values => Assert.Equal(values.Distinct().Order(), values));
    }

    [Fact]
    public async Task The_table_for_operators_has_all_instruments_with_their_units_and_kinds_and_no_others()
    {
        var manual = await File.ReadAllTextAsync(Repository.PathOf("docs", "operating.md"));
        var rows = manual.Split('\n').Where(line => line.StartsWith("| `pikku.", StringComparison.Ordinal) && line.Count(c => c == '|') == 6)
            .Select(line => string.Join('|', line.Split('|')[..4]) + "|");

        Assert.Equal(
            Instruments().Select(instrument => $"| `{instrument.Name}` | `{instrument.Unit}` | {KindOf(instrument)} |").Order(StringComparer.Ordinal),
            rows.Order(StringComparer.Ordinal));
    }

    private static List<Instrument> Instruments() => PikkuInstruments.All;

    private static string KindOf(Instrument instrument) => PikkuInstruments.KindOf(instrument);

    private static double[]? BoundariesOf(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { } seconds } => [.. seconds],
        Histogram<long> { Advice.HistogramBucketBoundaries: { } counts } => [.. counts.Select(count => (double)count)],
        _ => null,
    };

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
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => measured.Enqueue(Line(instrument, value, tags)));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => measured.Enqueue(Line(instrument, value, tags)));
        listener.Start();
        return listener;
    }

    private static string Line(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{instrument.Name} {value:+0.###;-0.###;+0}");
        foreach (var (name, of) in tags)
            line += $" {name}={of}";
        return line;
    }
}
