using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Cluster;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.EventHub;
using Pikku.Akka.Replication;
using Pikku.Akka.Tests.Connections;
using Pikku.Akka.Tests.Support;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Diagnostics;

public sealed class HistogramSpec
{
    private const string Duration = "pikku.function.duration";
    private const string TimeInQueue = "pikku.message.time_in_queue";

    [Fact]
    public async Task Measures_each_call_of_a_burst_with_its_action_and_its_outcome()
    {
        LiveNode node = null!;
        await using var _ = node = await LiveNode.StartAsync(c =>
        {
            c.MapAction("slow", () => node.Clock.Advance(TimeSpan.FromMilliseconds(40)));
            c.MapAction("none", int () => throw new NotFoundError());
            c.MapAction("broken", int () =>
            {
                node.Clock.Advance(TimeSpan.FromMilliseconds(7));
                throw new InvalidOperationException("broken");
            });
        });
        var connection = await node.ConnectAsync();

        connection.Send("""{"action":"slow"}""", """{"action":"none"}""", """{"action":"broken"}""", """{"action":"unknown"}""");
        await connection.WhenIdleAsync();

        // A message without an action has run no code.
        Assert.Equal(
            [
                "0.04 channel=test action=slow outcome=ok",
                "0 channel=test action=none outcome=NotFoundError",
                "0.007 channel=test action=broken outcome=InternalServerError",
            ],
            node.Meters.Measured(Duration));
    }

    [Fact]
    public async Task Measures_the_messages_of_one_turn_each_from_its_own_start()
    {
        LiveNode node = null!;
        await using var _ = node = await LiveNode.StartAsync(c => c.MapAction("step", () => node.Clock.Advance(TimeSpan.FromMicroseconds(100))));
        var connection = await node.ConnectAsync();

        connection.Send([.. Enumerable.Repeat("""{"action":"step"}""", 3)]);
        await connection.WhenIdleAsync();

        Assert.Equal(Enumerable.Repeat("0.0001 channel=test action=step outcome=ok", 3), node.Meters.Measured(Duration));
        Assert.Equal(
            ["0 channel=test action=step", "0.0001 channel=test action=step", "0.0002 channel=test action=step"], node.Meters.Measured(TimeInQueue));
    }

    [Fact]
    public async Task The_duration_contains_the_middleware_and_the_time_in_the_queue_ends_with_it()
    {
        LiveNode node = null!;
        await using var _ = node = await LiveNode.StartAsync(c =>
        {
            c.UseMiddleware(async (_, next) =>
            {
                node.Clock.Advance(TimeSpan.FromMilliseconds(20));
                await next();
            });
            c.MapAction("slow", () => node.Clock.Advance(TimeSpan.FromMilliseconds(40)));
        });
        var connection = await node.ConnectAsync();

        connection.Send("""{"action":"slow"}""");
        await connection.WhenIdleAsync();

        Assert.Equal(["0.06 channel=test action=slow outcome=ok"], node.Meters.Measured(Duration));
        Assert.Equal(["0 channel=test action=slow"], node.Meters.Measured(TimeInQueue));
    }

    [Fact]
    public async Task A_message_has_waited_since_its_arrival()
    {
        var gate = new Gate();
        await using var node = await LiveNode.StartAsync(c =>
        {
            c.MapAction("first", gate.PassAsync);
            c.MapAction("second", () => { });
        });
        var connection = await node.ConnectAsync();
        node.Clock.Advance(TimeSpan.FromSeconds(5));
        connection.Channel.Activity.NoteReceived(); // as the receive loop does

        connection.Send("""{"action":"first"}""", """{"action":"second"}""");
        await gate.Entered;
        node.Clock.Advance(TimeSpan.FromSeconds(3));
        gate.Open();
        await connection.WhenIdleAsync();

        Assert.Equal(["0 channel=test action=first", "3 channel=test action=second"], node.Meters.Measured(TimeInQueue));
    }

    [Fact]
    public async Task A_message_that_never_runs_has_waited_until_it_was_given_up()
    {
        using var blocks = new ManualResetEventSlim();
        var entered = new TaskCompletionSource();
        await using var node = await LiveNode.StartAsync(
            c => c.MapAction("block", () =>
            {
                entered.TrySetResult();
                blocks.Wait();
            }),
            "pikku.function.instances = 1\npikku.connection.ping-interval = infinite");
        try
        {
            var first = await node.ConnectAsync("c1");
            var second = await node.ConnectAsync("c2");
            first.Send("""{"action":"block"}""");
            await entered.Task.Soon();
            second.Send("""{"action":"block"}""");
            await second.SettleAsync();

            await node.SweepAsync(TimeSpan.FromSeconds(31));
            await first.NextAsync();
            await second.NextAsync();
        }
        finally
        {
            blocks.Set();
        }

        Assert.Equal(["0 channel=test action=block", "31 channel=test action=block"], node.Meters.Measured(TimeInQueue));
        Assert.Equal(["31 channel=test action=block outcome=RequestTimeoutError"], node.Meters.Measured(Duration));
    }

    [Fact]
    public async Task A_stream_is_measured_until_its_first_item()
    {
        LiveNode node = null!;
        await using var _ = node = await LiveNode.StartAsync(c => c.MapAction("count", CountAsync));
        var connection = await node.ConnectAsync();

        connection.Send("""{"action":"count"}""");
        await connection.ExpectAsync("""{"action":"count","item":1}""", """{"action":"count","item":2}""", """{"action":"count","done":true}""");
        await node.ExpectNoStreamsAsync(connection);

        Assert.Equal(["0.2 channel=test action=count outcome=ok"], node.Meters.Measured(Duration));

        async IAsyncEnumerable<int> CountAsync()
        {
            node.Clock.Advance(TimeSpan.FromMilliseconds(200));
            yield return 1;
            await Task.Yield();
            node.Clock.Advance(TimeSpan.FromSeconds(20));
            yield return 2;
        }
    }

    [Fact]
    public async Task Functions_of_the_lifecycle_and_handlers_of_topics_are_measured_by_their_kind()
    {
        LiveNode node = null!;
        await using var _ = node = await LiveNode.StartAsync(c =>
        {
            c.OnConnect(async (IPikkuChannel channel, IEventHub hub) =>
            {
                node.Clock.Advance(TimeSpan.FromMilliseconds(1));
                await hub.SubscribeAsync(new Topic<int>("news"), channel, _ =>
                {
                    node.Clock.Advance(TimeSpan.FromMilliseconds(2));
                    return default;
                });
            });
        });
        var connection = await node.ConnectAsync();
        await connection.WhenIdleAsync();
        await node.Hub.PublishAsync(new Topic<int>("news"), 1);
        await connection.WhenIdleAsync();

        Assert.Equal(
            ["0.001 channel=test action=onConnect outcome=ok", "0.002 channel=test action=Event outcome=ok"], node.Meters.Measured(Duration));
        Assert.Empty(node.Meters.Measured(TimeInQueue));
    }

    [Fact]
    public async Task A_connection_is_measured_from_its_beginning_to_its_end()
    {
        await using var node = await LiveNode.StartAsync(c => c.MapAction("ping", () => 1));
        var connection = await node.ConnectAsync();
        node.Clock.Advance(TimeSpan.FromSeconds(90));

        connection.EndSocket(1001);
        await connection.Ended.Soon();

        Assert.Equal(["90 channel=test transport=recording end=normal"], node.Meters.Measured("pikku.connection.duration"));
    }

    [Fact]
    public async Task Counts_the_bytes_of_frames_in_both_directions()
    {
        await using var lab = await Lab.Start(new LabOptions { Builder = builder => builder.Services.AddSingleton<IMeterFactory>(_ => new RecordingMeters()) });
        var meters = (RecordingMeters)lab.Services.GetRequiredService<IMeterFactory>();
        await using var client = await lab.Raw();

        await client.SendFrame(RawFrame.Binary, [1, 2, 3]);
        await client.ReadFrame();

        // A frame of a client has a mask of four bytes.
        await Eventually.Holds(() => meters["pikku.network.io"] == 2 + 4 + 3 + 2 + 3, "all bytes are counted");
    }

    [Theory]
    [InlineData(250, 0.25)]
    [InlineData(-250, 0)]
    public void The_lag_of_a_batch_is_the_time_from_the_first_publish_to_its_delivery_and_at_least_0(int passed, double lag)
    {
        using var meters = new RecordingMeters();
        var metrics = new HubMetrics(meters.Create(new MeterOptions(PikkuMetrics.MeterName)));
        var (there, here) = (new ManualTime(), new ManualTime());
        var batch = new OutboundBatch(1, new Origin(1), 0, 1000) { Clock = there };
        batch.Add(NewEvent());
        here.Advance(TimeSpan.FromMilliseconds(Math.Max(0, passed)));
        there.Advance(TimeSpan.FromMilliseconds(Math.Max(0, -passed)));
        if (passed < 0)
        {
            batch.Clear();
            batch.Add(NewEvent());
        }
        else
        {
            there.Advance(TimeSpan.FromSeconds(1)); // a later event of the batch
            batch.Add(NewEvent());
        }

        var received = HubBatch.Of(((HubBatch)batch.Take(0)).Bytes, HubBatch.HeaderLength);
        received.ReadAhead(new HubLag(metrics, here));
        received.Read();
        received.Read(); // kept for other nodes

        Assert.Equal([lag.ToString(System.Globalization.CultureInfo.InvariantCulture)], meters.Measured("pikku.event_hub.lag"));
    }

    [Fact]
    public async Task A_listener_that_throws_does_not_touch_the_call()
    {
        await using var node = await LiveNode.StartAsync(c => c.MapAction("ping", () => "pong"));
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, node.Meters) && instrument.Name is Duration or TimeInQueue)
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => throw new InvalidOperationException("listener"));
        listener.Start();
        var connection = await node.ConnectAsync(enveloped: true);

        Assert.Equal("""{"action":"ping","id":1,"data":"pong"}""", await connection.AskAsync("""{"action":"ping","id":1}"""));
        Assert.Equal(1, node.Meters["pikku.message.received"]);
        Assert.Equal(0, node.Meters["pikku.message.failed"]);
    }

    [Fact]
    public void Is_off_while_nothing_listens_and_allocates_nothing_when_something_does()
    {
        using var meters = new QuietMeters();
        var metrics = new PikkuMetrics(meters);
        Assert.False(metrics.Calls.AreEnabled);
        Assert.False(metrics.CountsBytes);

        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, meters))
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => { });
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => { });
        listener.Start();
        Assert.True(metrics.Calls.AreEnabled);
        Assert.True(metrics.CountsBytes);
        Measure();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            Measure();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Measure()
        {
            metrics.Calls.Waited("chat", "say", TimeSpan.FromMilliseconds(1));
            metrics.Calls.Ran("chat", "say", CallMetrics.Ok, TimeSpan.FromMilliseconds(1));
            metrics.BytesReceived("chat", "websocket", 20);
            metrics.BytesSent("chat", "websocket", 30);
        }
    }

    private static HubEvent NewEvent() => EventEncoder.Encode("news", "x", default, JsonSerializerOptions.Web, 1000);

    private sealed class QuietMeters : IMeterFactory
    {
        private readonly List<Meter> _meters = [];

        public Meter Create(MeterOptions options)
        {
            options.Scope = this;
            _meters.Add(new Meter(options));
            return _meters[^1];
        }

        public void Dispose() => _meters.ForEach(meter => meter.Dispose());
    }
}
