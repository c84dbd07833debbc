using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Pikku.Akka.Host;
using Pikku.Akka.Tests.Cluster;
using Pikku.Akka.Tests.Observability;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Host;

/// <summary>What the Host exports, and that it exports nothing unless it is told to.</summary>
public sealed class TelemetrySpec
{
    [Fact]
    public async Task Sends_metrics_and_spans_to_the_collector_of_the_variable()
    {
        await using var collector = await Collector.StartAsync();
        await using var node = await HostNode.Start(
            args: [$"--OTEL_EXPORTER_OTLP_ENDPOINT={collector.Address}", "--OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf", "--OTEL_METRIC_EXPORT_INTERVAL=200", "--OTEL_BSP_SCHEDULE_DELAY=100"]);

        await TalkAsync(node);

        // The bodies are protocol buffers, in which text is as it is.
        await Eventually.Holds(() => collector.Has("/v1/metrics", "pikku.function.duration", "pikku.message.received", "pikku-host", "outcome"), "the metrics arrive");
        await Eventually.Holds(() => collector.Has("/v1/traces", "Pikku.Akka", "Microsoft.AspNetCore"), "the spans of calls and of requests arrive");
    }

    [Fact]
    public async Task Shows_at_its_own_address_metrics_whose_names_are_those_of_the_instruments()
    {
        var port = NodeProcess.FreePorts(1)[0];
        await using var node = await HostNode.Start(metrics: $"http://127.0.0.1:{port}");
        await TalkAsync(node);
        // A scraper asks by an address that AllowedHosts does not have to contain.
        using var scraper = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        scraper.DefaultRequestHeaders.Host = "10.1.2.3:9464";

        var text = await scraper.GetStringAsync("/metrics");

        var series = text.Split('\n').Where(line => line.StartsWith("pikku_", StringComparison.Ordinal)).Select(line => line.Split('{', ' ')[0]).ToHashSet();
        Assert.Superset(
            new HashSet<string>
            {
                "pikku_active_connections", "pikku_message_received_total", "pikku_function_duration_seconds_bucket", "pikku_function_duration_seconds_sum",
                "pikku_message_time_in_queue_seconds_count", "pikku_network_io_bytes_total", "pikku_node_ready", "pikku_history_limit_bytes",
            },
            series);
        Assert.Empty(series.Except(PrometheusNames.All.Keys));
        foreach (var line in text.Split('\n').Where(line => line.StartsWith("pikku_", StringComparison.Ordinal)))
            Assert.Empty(LabelsOf(line).Where(label => !label.StartsWith("otel_scope", StringComparison.Ordinal)).Except(PrometheusNames.All[line.Split('{', ' ')[0]]));
        Assert.Contains("pikku_node_ready{", text, StringComparison.Ordinal);
        Assert.Contains(text.Split('\n'), line => line.StartsWith("pikku_node_ready{", StringComparison.Ordinal) && line.Contains("} 1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_but_the_metrics_answers_at_their_address_and_they_answer_nowhere_else()
    {
        var port = NodeProcess.FreePorts(1)[0];
        await using var node = await HostNode.Start(metrics: $"http://127.0.0.1:{port}");
        using var there = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };

        foreach (var path in new[] { "/", "/health/live", "/cluster", "/chat" })
            Assert.Equal(HttpStatusCode.NotFound, (await there.GetAsync(path)).StatusCode);
        var elsewhere = await node.Client.GetAsync("/metrics");
        Assert.DoesNotContain("pikku_", await elsewhere.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await node.Client.GetAsync("/health/live")).StatusCode);
        // The header Host does not decide.
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics") { Headers = { Host = $"127.0.0.1:{port}" } };
        Assert.DoesNotContain("pikku_", await (await node.Client.SendAsync(request)).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_settings_nothing_of_OpenTelemetry_is_registered()
    {
        await using var node = await HostNode.Start();

        Assert.Null(node.Services.GetService<OpenTelemetry.Metrics.MeterProvider>());
        Assert.Null(node.Services.GetService<OpenTelemetry.Trace.TracerProvider>());
        Assert.DoesNotContain("pikku_", await (await node.Client.GetAsync("/metrics")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("9464")]
    [InlineData("127.0.0.1:9464")]
    [InlineData("http://127.0.0.1:0")]
    [InlineData("http://127.0.0.1:9464/metrics")]
    public void An_address_that_can_not_be_used_stops_the_start_and_the_fix_is_named(string text)
    {
        var error = Assert.Throws<InvalidOperationException>(() => HostApp.Create([$"--Metrics:Url={text}"]));

        Assert.Contains("http://*:9464", error.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> LabelsOf(string line) =>
        line.Contains('{', StringComparison.Ordinal) ? line.Split('{')[1].Split('}')[0].Split(',').Select(pair => pair.Split('=')[0]) : [];

    private static async Task TalkAsync(HostNode node)
    {
        using var client = await TextClient.Connect(new Uri($"ws://{node.Address.Authority}/chat"));
        Assert.NotNull(await client.Ask("""{"action":"history"}"""));
    }

    /// <summary>A collector that stores what it is sent.</summary>
    private sealed class Collector : IAsyncDisposable
    {
        private readonly WebApplication _app;
        private readonly ConcurrentQueue<(string Path, string Text)> _received;

        private Collector(WebApplication app, ConcurrentQueue<(string Path, string Text)> received) => (_app, _received) = (app, received);

        public string Address => _app.Urls.Single();

        public static async Task<Collector> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Logging.ClearProviders();
            var app = builder.Build();
            var received = new ConcurrentQueue<(string, string)>();
            app.Run(async context =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                if (context.Request.ContentType == "application/x-protobuf")
                    received.Enqueue((context.Request.Path, Encoding.Latin1.GetString(body.ToArray())));
            });
            await app.StartAsync();
            return new Collector(app, received);
        }

        /// <summary>True when the bodies for the path together contain all texts.</summary>
        public bool Has(string path, params string[] texts) =>
            texts.All(text => _received.Any(request => request.Path == path && request.Text.Contains(text, StringComparison.Ordinal)));

        public async ValueTask DisposeAsync()
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }
    }
}
