using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Tests.EventStreams;
using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>The request of an upgrade or of an event stream lasts as long as its connection. Request telemetry must measure only the handshake.</summary>
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

    [Theory]
    [InlineData("websocket", "1.1", "GET /lab", 101)]
    [InlineData("websocket", "2.0", "CONNECT /lab", 200)]
    [InlineData("event-stream", "1.1", "GET /live/{topic}", 200)]
    [InlineData("event-stream", "2.0", "GET /live/{topic}", 200)]
    public async Task The_activity_of_the_request_ends_with_the_handshake_and_its_duration_is_not_measured(
        string transport, string version, string name, int status)
    {
        var http = Version.Parse(version);
        var stopped = new ConcurrentQueue<Activity>();
        var trace = ActivityTraceId.CreateRandom();
        var header = ("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");
        await using var lab = transport == "websocket" ? await Lab.Start(new LabOptions { Builder = b => Serve(b, http) }) : await StreamLab.StartAsync(version: http);
        using var meters = new Meters(lab.Services.GetRequiredService<IMeterFactory>());
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Microsoft.AspNetCore",
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (activity.TraceId != trace)
                    return;
                stopped.Enqueue(activity);
                throw new InvalidOperationException("A listener that throws does not end the connection.");
            },
        };
        ActivitySource.AddActivityListener(listener);
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler());

        using (transport == "websocket" ? await ConnectAsync(lab, http, invoker, header) : (IDisposable)await lab.OpenAsync("news", http, header))
        {
            // The connection is open.
            await Eventually.Holds(() => !stopped.IsEmpty, "the end of the activity");
            var activity = Assert.Single(stopped);
            Assert.Equal((name, status), (activity.DisplayName, activity.GetTagItem("http.response.status_code")));
            Assert.Equal(1, lab.Directory.Count);
        }

        await Eventually.Holds(() => meters.Active == 0, "the end of the request");
        Assert.Single(stopped);
        Assert.Empty(meters.Statuses);
    }

    // Without TLS a port serves one version of HTTP, because the version cannot be negotiated.
    private static void Serve(WebApplicationBuilder builder, Version version)
    {
        if (version.Major == 2)
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http2));
    }

    private static async Task<TextClient> ConnectAsync(Lab lab, Version version, HttpMessageInvoker http, (string Name, string Value) header)
    {
        var client = await TextClient.Connect(
            lab.Ws(),
            options =>
            {
                options.HttpVersion = version;
                options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
                options.SetRequestHeader(header.Name, header.Value);
            },
            http);
        Assert.Equal("""{"text":"now","action":"echo"}""", await client.Ask("""{"action":"echo","text":"now"}"""));
        return client;
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
