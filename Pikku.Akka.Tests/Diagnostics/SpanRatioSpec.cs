using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Diagnostics;

/// <summary>Calls that are not offered to listeners (<c>pikku.trace.ratio</c>).</summary>
public sealed class SpanRatioSpec : IDisposable
{
    private readonly SpanRecorder _spans = new();
    private readonly ConcurrentQueue<Activity?> _current = [];

    private string Channel => $"{_spans.Mark}chat";

    [Fact]
    public async Task Without_an_offer_there_is_no_span_and_what_the_code_starts_is_not_recorded()
    {
        using var own = new ActivitySource($"{_spans.Mark}own");
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source == own,
            // As the sampler of OpenTelemetry: it follows the parent, and records each trace that begins here.
            Sample = (ref options) => options.Parent == default || (options.Parent.TraceFlags & ActivityTraceFlags.Recorded) != 0
                ? ActivitySamplingResult.AllDataAndRecorded
                : ActivitySamplingResult.None,
        };
        ActivitySource.AddActivityListener(listener);
        var recorded = 0;
        await using var node = await StartAsync(0, () =>
        {
            using var query = own.StartActivity("query");
            recorded += query is { Recorded: true } ? 1 : 0;
        });
        await using var one = await ConnectAsync(node);
        await using var two = await ConnectAsync(node);

        await one.InvokeAsync("send");
        await one.InvokeAsync("send");
        await two.InvokeAsync("send");

        Assert.Empty(_spans.All);
        Assert.Equal(0, recorded);
        var traces = _current.Select(activity => (activity!.Recorded, activity.TraceId)).ToArray();
        Assert.DoesNotContain(traces, trace => trace.Recorded || trace.TraceId == default);
        Assert.Equal(traces[0], traces[1]);
        Assert.NotEqual(traces[0], traces[2]);
    }

    [Fact]
    public async Task A_call_that_is_offered_begins_a_trace_of_its_own()
    {
        await using var node = await StartAsync(0.999999999, () => { });
        await using var connection = await ConnectAsync(node);

        await connection.InvokeAsync("send");
        await connection.InvokeAsync("send");

        await Eventually.Holds(() => _spans.Ended.Count == 2, "two spans");
        Assert.All(_spans.All, span => Assert.Equal(default, span.ParentSpanId));
        Assert.Equal(2, _spans.All.Select(span => span.TraceId).Distinct().Count());
        Assert.Equal(_spans.All, _current.Select(activity => activity!));
    }

    [Fact]
    public async Task Half_of_the_calls_are_offered_with_a_ratio_of_one_half()
    {
        await using var node = await StartAsync(0.5, () => { });
        await using var connection = await ConnectAsync(node);

        for (var i = 0; i < 200; i++)
            await connection.InvokeAsync("send");

        Assert.InRange(_spans.All.Count, 50, 150); // less than one failure in 10^11 runs
    }

    [Fact]
    public async Task A_call_with_a_parent_is_always_offered()
    {
        await using var node = await StartAsync(0, () => { }, "parent");
        await using var connection = await ConnectAsync(node);
        var (trace, parent) = (ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom());

        await connection.SendTextAsync($$"""{"action":"send","id":"1","traceparent":"00-{{trace}}-{{parent}}-01"}""");

        var span = await _spans.EndedAsync("chat/send");
        Assert.Equal((trace, parent), (span.TraceId, span.ParentSpanId));
    }

    [Fact]
    public async Task By_default_code_without_a_span_has_no_activity()
    {
        _spans.Dispose(); // no listener
        await using var node = await StartAsync(1, () => { });
        await using var connection = await ConnectAsync(node);

        await connection.InvokeAsync("send");

        Assert.Equal([null], _current);
    }

    public void Dispose() => _spans.Dispose();

    private Task<PikkuTestHost> StartAsync(double ratio, Action send, string clientContext = "link") => PikkuTestHost.StartAsync(
        app => app.WireChannel(Channel, channel => channel.Route("/chat").AllowAnonymous().MapAction("send", () =>
        {
            _current.Enqueue(Activity.Current);
            send();
        })),
        new PikkuTestOptions
        {
            Settings = new Dictionary<string, string>
            {
                ["pikku.trace.ratio"] = ratio.ToString(CultureInfo.InvariantCulture),
                ["pikku.trace.client-context"] = clientContext,
            },
        });

    private static Task<PikkuTestConnection> ConnectAsync(PikkuTestHost node) => node.ConnectAsync("/chat");
}
