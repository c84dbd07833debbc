using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Tests.Connections;
using Xunit;

namespace Pikku.Akka.Tests.Diagnostics;

/// <summary>Each kind of span on one node.</summary>
public sealed class SpanSpec : IDisposable
{
    private readonly SpanRecorder _spans = new();

    private string Channel => $"{_spans.Mark}chat";

    [Fact]
    public async Task A_message_has_a_server_span_with_the_conventions_for_RPC()
    {
        await using var node = await StartAsync(c => c.MapAction("send", () => { }));
        var connection = await node.ConnectAsync();

        await connection.AskAsync("""{"action":"send","text":"private"}""");

        var span = await _spans.EndedAsync("chat/send");
        Assert.Equal(ActivityKind.Server, span.Kind);
        AssertTags(
            span, ("rpc.system.name", "pikku"), ("rpc.method", $"{Channel}/send"), ("pikku.channel", Channel), ("pikku.connection", connection.Channel.Id));
    }

    [Fact]
    public async Task Lifecycle_functions_have_internal_spans()
    {
        await using var node = await StartAsync(c =>
        {
            c.OnConnect(() => { });
            c.OnDisconnect(() => { });
        });
        var connection = await node.ConnectAsync();

        await connection.EndAsync();

        Assert.Equal(ActivityKind.Internal, (await _spans.EndedAsync("chat/onConnect")).Kind);
        Assert.Equal(ActivityKind.Internal, (await _spans.EndedAsync("chat/onDisconnect")).Kind);
    }

    [Fact]
    public async Task A_subscribe_has_a_span_with_the_topic_and_its_declaration()
    {
        var board = new Topic<int, string>($"{_spans.Mark}board:{{id}}");
        await using var node = await StartAsync(c => c.AddTopic(board).AllowSubscribe());
        var connection = await node.ConnectAsync(enveloped: true);

        await connection.AskAsync($$$"""{"action":"pikku-subscribe","id":"1","data":{"topic":"{{{_spans.Mark}}}board:7"}}""");

        var span = await _spans.EndedAsync("chat/pikku-subscribe");
        Assert.Equal($"{_spans.Mark}board:7", span.GetTagItem("messaging.destination.name"));
        Assert.Equal($"{_spans.Mark}board:{{id}}", span.GetTagItem("messaging.destination.template"));
    }

    [Fact]
    public async Task The_span_of_a_stream_lasts_as_long_as_the_stream()
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var node = await StartAsync(c => c.MapAction("count", () => CountAsync(go.Task)));
        var connection = await node.ConnectAsync(enveloped: true);

        Assert.Equal("""{"action":"count","id":"a","item":1}""", await connection.AskAsync("""{"action":"count","id":"a"}"""));
        await connection.SettleAsync();
        Assert.Single(_spans.All);
        Assert.Empty(_spans.Ended);
        go.SetResult();
        await connection.ExpectAsync("""{"action":"count","id":"a","item":2}""", """{"action":"count","id":"a","done":true}""");

        Assert.Equal(ActivityStatusCode.Unset, (await _spans.EndedAsync("chat/count")).Status);
    }

    [Fact]
    public async Task Middleware_has_a_span_with_its_type_and_what_it_wraps_is_the_child_of_it()
    {
        var news = new Topic<int>($"{_spans.Mark}news");
        await using var node = await StartAsync(c =>
        {
            c.AddTopic(news);
            c.MapAction("send", (PikkuContext context) => context.EventHub.PublishAsync(news, 1)).UseMiddleware<Outer>().UseMiddleware<Inner>();
        });
        var connection = await node.ConnectAsync();

        await connection.AskAsync("""{"action":"send"}""");

        await _spans.EndedAsync("chat/send");
        Assert.Equal(["chat/send", "middleware Outer", "middleware Inner", "publish news"], _spans.All.Select(_spans.NameOf));
        var all = _spans.All.ToArray();
        Assert.Equal([default, all[0].SpanId, all[1].SpanId, all[2].SpanId], all.Select(span => span.ParentSpanId));
        Assert.Equal($"{typeof(Outer).FullName}.InvokeAsync", all[1].GetTagItem("code.function.name"));
        Assert.Equal([all[3], all[2], all[1], all[0]], _spans.Ended);
        AssertTags(
            all[3], ("messaging.system", "pikku"), ("messaging.operation.name", "publish"), ("messaging.operation.type", "send"),
            ("messaging.destination.name", news.Name), ("messaging.destination.template", news.Name));
    }

    [Fact]
    public async Task The_spans_of_a_family_have_the_name_of_its_declaration_and_those_of_other_topics_have_none()
    {
        var board = new Topic<int, string>($"{_spans.Mark}board:{{id}}");
        var free = new Topic<string>("free");
        await using var node = await StartAsync(c =>
        {
            c.AddTopic(board);
            c.MapAction("send", async (PikkuContext context) =>
            {
                await context.EventHub.PublishAsync(board.For(7), "a");
                await context.EventHub.PublishAsync(free, "b");
            });
        });
        var connection = await node.ConnectAsync();

        await connection.AskAsync("""{"action":"send"}""");

        var declared = await _spans.EndedAsync("publish board:{id}");
        Assert.Equal($"{_spans.Mark}board:7", declared.GetTagItem("messaging.destination.name"));
        var other = await _spans.EndedAsync("publish");
        Assert.Equal("free", other.GetTagItem("messaging.destination.name"));
        Assert.Null(other.GetTagItem("messaging.destination.template"));
    }

    [Fact]
    public async Task A_handler_has_a_consumer_span_with_a_link_to_the_publish()
    {
        var news = new Topic<int>($"{_spans.Mark}news");
        await using var node = await StartAsync(c =>
        {
            c.AddTopic(news);
            c.MapAction("send", (PikkuContext context) => context.EventHub.PublishAsync(news, 1));
        });
        var connection = await node.ConnectAsync();
        await node.Hub.SubscribeAsync(news, connection.Channel.Id, ValueTask (_) => throw new NotFoundError());

        await connection.AskAsync("""{"action":"send"}""");

        var handler = await _spans.EndedAsync("handle news");
        var publish = await _spans.EndedAsync("publish news");
        Assert.Equal((ActivityKind.Consumer, default), (handler.Kind, handler.ParentSpanId));
        Assert.Equal((publish.TraceId, publish.SpanId), (handler.Links.Single().Context.TraceId, handler.Links.Single().Context.SpanId));
        Assert.Equal((ActivityStatusCode.Error, "NotFoundError"), (handler.Status, handler.GetTagItem("error.type")));
        Assert.Equal("process", handler.GetTagItem("messaging.operation.type"));
    }

    [Fact]
    public async Task An_expected_error_is_named_as_for_the_client_and_an_unexpected_one_by_its_type_without_its_text()
    {
        await using var node = await StartAsync(c =>
        {
            c.MapAction("known", void () => throw new ConflictError("secret"));
            c.MapAction("unknown", void () => throw new InvalidTimeZoneException("secret"));
        });
        var connection = await node.ConnectAsync();

        await connection.AskAsync("""{"action":"known"}""");
        var reply = await connection.AskAsync("""{"action":"unknown"}""");

        var known = await _spans.EndedAsync("chat/known");
        var unknown = await _spans.EndedAsync("chat/unknown");
        Assert.Equal(("ConflictError", "409", null), (known.GetTagItem("error.type"), known.GetTagItem("rpc.response.status_code"), known.GetTagItem("pikku.error_id")));
        Assert.Equal((typeof(InvalidTimeZoneException).FullName, "500"), (unknown.GetTagItem("error.type"), unknown.GetTagItem("rpc.response.status_code")));
        Assert.Contains((string)unknown.GetTagItem("pikku.error_id")!, reply, StringComparison.Ordinal);
        Assert.All(new[] { known, unknown }, span =>
        {
            Assert.Equal((ActivityStatusCode.Error, null), (span.Status, span.StatusDescription));
            Assert.DoesNotContain(span.TagObjects, tag => $"{tag.Value}".Contains("secret", StringComparison.Ordinal));
            Assert.Empty(span.Events);
        });
    }

    [Fact]
    public async Task A_refused_publish_has_a_span_with_the_reason()
    {
        var news = new Topic<int>($"{_spans.Mark}news");
        await using var node = await StartAsync(c => c.AddTopic(news));

        await Assert.ThrowsAsync<EventHubException>(async () => await node.Hub.PublishAsync(new Topic<string>(news.Name), "text"));

        Assert.Equal("TypeMismatch", (await _spans.EndedAsync("publish news")).GetTagItem("error.type"));
    }

    [Fact]
    public async Task A_call_of_a_client_function_has_a_client_span_within_that_of_the_message()
    {
        var ask = new ClientFunction<int, int>("ask");
        await using var node = await StartAsync(c =>
        {
            c.AddClientFunction(ask);
            c.MapAction("send", async (PikkuContext context) =>
            {
                await context.Channel.InvokeAsync(ask, 1, context.CancellationToken);
                await context.Services.GetRequiredService<IPikkuChannels>().InvokeAsync(context.Channel.Id, ask, 1, context.CancellationToken);
            });
        });
        var connection = await node.ConnectAsync();

        Assert.Contains("\"pikku-rpc-request\"", await connection.AskAsync("""{"action":"send"}"""), StringComparison.Ordinal);
        connection.Send("""{"action":"pikku-rpc-response","id":"1","ok":true,"result":2}""");
        Assert.Contains("\"pikku-rpc-request\"", await connection.NextAsync(), StringComparison.Ordinal);
        connection.Send("""{"action":"pikku-rpc-response","id":"2","ok":false,"error":{"name":"Mine","message":"secret"}}""");
        await connection.NextAsync();

        var message = await _spans.EndedAsync("chat/send");
        var good = await _spans.EndedAsync("chat/ask");
        var bad = await _spans.EndedAsync("ask");
        Assert.All(new[] { good, bad }, span => Assert.Equal((ActivityKind.Client, message.SpanId), (span.Kind, span.ParentSpanId)));
        AssertTags(good, ("rpc.system.name", "pikku"), ("rpc.method", $"{Channel}/ask"), ("pikku.channel", Channel));
        Assert.Equal("Remote", bad.GetTagItem("error.type"));
    }

    [Fact]
    public async Task A_listener_that_throws_costs_the_span_and_not_the_message()
    {
        var news = new Topic<int>($"{_spans.Mark}news");
        await using var node = await StartAsync(c =>
        {
            c.AddTopic(news);
            c.MapAction("send", (PikkuContext context) => context.EventHub.PublishAsync(news, 1)).UseMiddleware<Outer>();
        });
        var connection = await node.ConnectAsync();
        _spans.Started = _ => throw new InvalidOperationException("listener");

        Assert.Equal("""{"action":"send"}""", await connection.AskAsync("""{"action":"send"}"""));
        _spans.Started = span =>
        {
            if (span.Kind != ActivityKind.Server)
                throw new InvalidOperationException("listener");
        };
        Assert.Equal("""{"action":"send"}""", await connection.AskAsync("""{"action":"send"}"""));
        _spans.Started = null;
        Assert.Equal("""{"action":"send"}""", await connection.AskAsync("""{"action":"send"}"""));

        Assert.Equal(
            ["chat/send", "publish news", "chat/send", "middleware Outer", "publish news", "chat/send", "middleware Outer", "publish news"],
            _spans.All.Select(_spans.NameOf));
    }

    [Theory]
    [Trait("Rule", "U6")]
    [InlineData("link")]
    [InlineData("parent")]
    [InlineData("ignore")]
    public async Task The_context_of_a_client_is_a_link_the_parent_or_ignored(string setting)
    {
        await using var node = await StartAsync(c => c.MapAction("send", () => { }), $"pikku.trace.client-context = {setting}");
        var connection = await node.ConnectAsync(enveloped: true);
        var (trace, parent) = (ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom());

        await connection.AskAsync($$"""{"action":"send","id":"1","traceparent":"00-{{trace}}-{{parent}}-01","tracestate":"a=1"}""");

        var span = await _spans.EndedAsync("chat/send");
        Assert.Equal(setting == "parent" ? (trace, parent, "a=1") : (span.TraceId, default, null), (span.TraceId, span.ParentSpanId, span.TraceStateString));
        (ActivityTraceId, ActivitySpanId, string?)[] links = setting == "link" ? [(trace, parent, "a=1")] : [];
        Assert.Equal(links, span.Links.Select(link => (link.Context.TraceId, link.Context.SpanId, link.Context.TraceState)));
    }

    [Theory]
    [Trait("Rule", "U6")]
    [InlineData("\"traceparent\":\"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331\"")]
    [InlineData("\"traceparent\":\"00-00000000000000000000000000000000-b7ad6b7169203331-01\"")]
    [InlineData("\"traceparent\":\"00-0AF7651916CD43DD8448EB211C80319C-B7AD6B7169203331-01\"")]
    [InlineData("\"traceparent\":\"ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\"")]
    [InlineData("\"traceparent\":\"\\u0030\\u0030-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\"")]
    [InlineData("\"traceparent\":\"\"")]
    [InlineData("\"traceparent\":7")]
    [InlineData("\"traceparent\":{\"traceparent\":\"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\"}")]
    [InlineData("\"data\":{\"traceparent\":\"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\"}")]
    public async Task A_malformed_context_is_ignored_and_the_message_is_answered(string property)
    {
        await using var node = await StartAsync(c => c.MapAction("send", () => { }), "pikku.trace.client-context = parent");
        var connection = await node.ConnectAsync(enveloped: true);

        Assert.Equal("""{"action":"send","id":"1"}""", await connection.AskAsync($$"""{"action":"send","id":"1",{{property}}}"""));

        Assert.Equal(default, (await _spans.EndedAsync("chat/send")).ParentSpanId);
    }

    [Fact]
    public async Task A_state_that_is_too_long_is_dropped_and_the_rest_of_the_context_is_used()
    {
        await using var node = await StartAsync(c => c.MapAction("send", () => { }), "pikku.trace.client-context = parent");
        var connection = await node.ConnectAsync(enveloped: true);
        var parent = ActivitySpanId.CreateRandom();

        await connection.AskAsync(
            $$"""{"action":"send","id":"1","traceparent":"00-{{ActivityTraceId.CreateRandom()}}-{{parent}}-01","tracestate":"a={{new string('x', 511)}}"}""");

        var span = await _spans.EndedAsync("chat/send");
        Assert.Equal((parent, null), (span.ParentSpanId, span.TraceStateString));
    }

    [Fact]
    public async Task Without_pikku_v1_a_property_of_this_name_belongs_to_the_input()
    {
        await using var node = await StartAsync(c => c.MapAction("send", (Input input) => input.Traceparent), "pikku.trace.client-context = parent");
        var connection = await node.ConnectAsync();
        var text = $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-01";

        Assert.Equal($$"""{"action":"send","result":"{{text}}"}""", await connection.AskAsync($$"""{"action":"send","traceparent":"{{text}}"}"""));

        Assert.Equal(default, (await _spans.EndedAsync("chat/send")).ParentSpanId);
    }

    public void Dispose() => _spans.Dispose();

    private Task<LiveNode> StartAsync(Action<ChannelBuilder> channel, string hocon = "") =>
        LiveNode.StartAppAsync(app => app.WireChannel(Channel, c => channel(c.AllowAnonymous())), hocon);

    private static void AssertTags(Activity span, params (string, object?)[] expected) =>
        Assert.Equal(expected, span.TagObjects.Select(tag => (tag.Key, tag.Value)));

    private static async IAsyncEnumerable<int> CountAsync(Task go, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        yield return 1;
        await go.WaitAsync(cancellationToken);
        yield return 2;
    }

    private sealed record Input(string Traceparent);

    private sealed class Outer : IPikkuMiddleware
    {
        public ValueTask InvokeAsync(PikkuContext context, PikkuNext next) => next();
    }

    private sealed class Inner : IPikkuMiddleware
    {
        public async ValueTask InvokeAsync(PikkuContext context, PikkuNext next) => await next();
    }
}
