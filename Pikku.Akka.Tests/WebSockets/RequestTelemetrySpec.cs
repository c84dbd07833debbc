using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>The request of an upgrade lasts as long as its socket. Request telemetry must measure only the handshake.</summary>
public sealed class RequestTelemetrySpec
{
    private const string RequestDuration = "http.server.request.duration";

    [Fact]
    public async Task The_lifetime_of_a_socket_is_not_measured_as_a_request_duration()
    {
        await using var lab = await Lab.Start();
        using var meters = new Meters(lab.Services.GetRequiredService<IMeterFactory>());

        await using (var client = await lab.Raw())
        {
            await client.SendFrame(RawFrame.Close, RawFrame.ClosePayload(1000));
            await client.ReadToEnd();
        }

        // A refused request is an ordinary request. It is counted after the request before it.
        await using var refused = await RawClient.Connect(lab.Port);
        await refused.Send(RawClient.UpgradeRequest("/lab", "Origin: https://elsewhere.example"));
        Assert.Equal(403, (await refused.ReadResponse()).Status);
        await Eventually.Holds(() => meters.Statuses.Contains(403), "the duration of the refused request");
        await Eventually.Holds(() => meters.Active == 0, "no active request");

        Assert.Equal([403], meters.Statuses);
    }

    [Fact]
    public async Task The_activity_of_an_upgrade_ends_with_the_handshake()
    {
        var stopped = new ConcurrentQueue<Activity>();
        await using var lab = await Lab.Start();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = stopped.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        var trace = ActivityTraceId.CreateRandom();
        await using var client = await RawClient.Upgrade(lab.Port, "/lab", 0, $"traceparent: 00-{trace}-{ActivitySpanId.CreateRandom()}-01");
        await client.SendText("""{"action":"echo","text":"now"}""");
        await client.ReadFrame();
        var answeredAt = DateTime.UtcNow;

        await client.SendFrame(RawFrame.Close, RawFrame.ClosePayload(1000));
        await client.ReadToEnd();

        await Eventually.Holds(() => stopped.Any(a => a.TraceId == trace), "the activity of the upgrade");
        var activity = stopped.Single(a => a.TraceId == trace);
        Assert.True(activity.StartTimeUtc + activity.Duration <= answeredAt, $"ended {activity.StartTimeUtc + activity.Duration:O}, answered {answeredAt:O}");
    }

    private sealed class Meters : IDisposable
    {
        private readonly MeterListener _listener = new();
        private int _active;

        public Meters(IMeterFactory factory)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, factory) && instrument.Name is RequestDuration or "http.server.active_requests")
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<double>((_, _, tags, _) =>
            {
                foreach (var tag in tags)
                    if (tag.Key == "http.response.status_code")
                        Statuses.Enqueue((int)tag.Value!);
            });
            _listener.SetMeasurementEventCallback<long>((_, change, _, _) => Interlocked.Add(ref _active, (int)change));
            _listener.Start();
        }

        public ConcurrentQueue<int> Statuses { get; } = [];

        public int Active => Volatile.Read(ref _active);

        public void Dispose() => _listener.Dispose();
    }
}
