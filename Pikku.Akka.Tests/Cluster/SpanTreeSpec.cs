using System.Diagnostics;
using Pikku.Akka.Tests.Diagnostics;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>The spans of one message whose work is done on three nodes.</summary>
public sealed class SpanTreeSpec
{
    private static readonly TimeSpan Patient = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_message_that_runs_on_another_node_and_publishes_to_a_handler_on_a_third_one_has_one_trace_and_a_link()
    {
        using var spans = new SpanRecorder();
        var orders = new Topic<int, string>($"{spans.Mark}orders:{{shop}}");
        await using var nodes = await ThreeNodes.StartAsync(
            app => app.WireChannel($"{spans.Mark}shop", channel =>
            {
                channel.AllowAnonymous().AddTopic(orders);
                channel.MapAction("order", FunctionDescriptor.FromDelegate("order", async (PikkuContext context) =>
                {
                    await context.EventHub.PublishAsync(orders.For(7), "book");
                    return 1;
                })).UseMiddleware<Auditing>();
            }),
            """pikku.function.placement = ["order=worker"]""", ["front", "front", "worker"]);
        var client = await nodes.ConnectAsync(0);
        var watcher = await nodes.ConnectAsync(1);
        var handled = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await nodes[1].Hub.SubscribeAsync(orders.For(7), watcher.Channel.Id, async text =>
        {
            await Task.Yield();
            handled.SetResult(Activity.Current?.Id);
        });

        client.Send("""{"action":"order"}""");
        await client.ExpectAsync("""{"action":"order","result":1}""");
        var current = await handled.Task.WaitAsync(Patient);

        var message = await spans.EndedAsync("shop/order", ActivityKind.Server);
        var handler = await spans.EndedAsync("handle orders:{shop}");
        var all = spans.Ended.ToArray();
        var middleware = all.Single(span => span.OperationName == "middleware Auditing");
        var call = all.Single(span => span.Kind == ActivityKind.Client);
        var remote = all.Single(span => span.Kind == ActivityKind.Server && span.ParentSpanId == call.SpanId);
        var publish = all.Single(span => span.Kind == ActivityKind.Producer);
        message = all.Single(span => span.Kind == ActivityKind.Server && span != remote);

        Assert.Equal(6, all.Length);
        Assert.Equal(["shop/order", "shop/order", "shop/order", "publish orders:{shop}"], new[] { message, call, remote, publish }.Select(spans.NameOf));
        Assert.All([middleware, call, remote, publish], span => Assert.Equal(message.TraceId, span.TraceId));
        Assert.Equal(
            [default, message.SpanId, middleware.SpanId, call.SpanId, remote.SpanId],
            new[] { message, middleware, call, remote, publish }.Select(span => span.ParentSpanId));
        Assert.True(remote.HasRemoteParent);

        // The handler has a trace of its own, and a link to the publish.
        Assert.Equal((ActivityKind.Consumer, default), (handler.Kind, handler.ParentSpanId));
        Assert.NotEqual(message.TraceId, handler.TraceId);
        var link = Assert.Single(handler.Links).Context;
        Assert.Equal((publish.TraceId, publish.SpanId, true), (link.TraceId, link.SpanId, link.IsRemote));
        Assert.Equal(handler.Id, current);
        Assert.Equal(
            [client.Channel.Id, client.Channel.Id, watcher.Channel.Id],
            new[] { message, remote, handler }.Select(span => span.GetTagItem("pikku.connection")));
        Assert.All(all, span => Assert.Equal(ActivityStatusCode.Unset, span.Status));
    }

    [Fact]
    public async Task An_error_on_another_node_is_the_error_of_all_spans_of_the_call()
    {
        using var spans = new SpanRecorder();
        await using var nodes = await TwoNodes.StartAsync(
            app => app.WireChannel($"{spans.Mark}shop", channel =>
                channel.AllowAnonymous().MapAction("order", FunctionDescriptor.FromDelegate("order", string () => throw new NotFoundError("secret")))),
            """pikku.function.placement = ["order=worker"]""");
        var client = await TwoNodes.ConnectAsync(nodes.Front);

        Assert.Contains("NotFoundError", await client.AskAsync("""{"action":"order"}"""), StringComparison.Ordinal);
        await client.WhenIdleAsync();

        Assert.Equal(3, spans.Ended.Count);
        Assert.All(spans.Ended, span => Assert.Equal(
            (ActivityStatusCode.Error, null, "NotFoundError", "404"),
            (span.Status, span.StatusDescription, span.GetTagItem("error.type"), span.GetTagItem("rpc.response.status_code"))));
    }

    [Fact]
    public async Task A_message_that_is_not_recorded_sends_no_context_to_other_nodes()
    {
        using var spans = new SpanRecorder(ActivitySamplingResult.PropagationData);
        var orders = new Topic<string>($"{spans.Mark}orders");
        await using var nodes = await TwoNodes.StartAsync(app => app.WireChannel($"{spans.Mark}shop", channel =>
        {
            channel.AllowAnonymous().AddTopic(orders);
            channel.MapAction("order", (PikkuContext context) => context.EventHub.PublishAsync(orders, "book"));
        }));
        var client = await TwoNodes.ConnectAsync(nodes.Front);
        var watcher = await TwoNodes.ConnectAsync(nodes.Worker);
        var handled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await nodes.Worker.Hub.SubscribeAsync(orders, watcher.Channel.Id, _ =>
        {
            handled.SetResult();
            return default;
        });

        client.Send("""{"action":"order"}""");
        await handled.Task.WaitAsync(Patient);

        var handler = await spans.EndedAsync("handle orders");
        Assert.Empty(handler.Links);
        Assert.All(spans.Ended, span => Assert.Empty(span.TagObjects));
    }

    private sealed class Auditing : IPikkuMiddleware
    {
        public async ValueTask InvokeAsync(PikkuContext context, PikkuNext next) => await next();
    }
}
