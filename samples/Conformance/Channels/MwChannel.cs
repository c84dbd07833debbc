using System.Text.Json;
using Pikku.Akka;

namespace Conformance.Channels;

/// <summary>Middleware around functions, and middleware over sent messages.</summary>
public static class MwChannel
{
    public static PikkuBuilder WireMw(this PikkuBuilder pikku) => pikku.WireChannel("mw", channel =>
    {
        channel.AllowAnonymous()
            .WithTags("chan-tag")
            .UseMiddleware(CallOrder.Trace("wire"))
            .UseChannelMiddleware(SentEvents.Stamp, SentEvents.Upper)
            .OnConnect((IPikkuChannel channel) =>
            {
                channel.TrySend(new { via = "channel.send in onConnect" });
                return new { via = "onConnect result" };
            });
        channel.WireSends();
        channel.WireEvents();
        channel.WireMiddleware();
    });

    private static void WireSends(this ChannelBuilder channel)
    {
        channel.MapAction("reply", () => new { up = "reply" });
        channel.MapAction("send", (IPikkuChannel channel) =>
        {
            channel.TrySend(new { up = "sent" });
            return new { up = "result" };
        });
        channel.MapAction("fan", (IPikkuChannel channel) => channel.SendAsync(new { fan = new List<int> { 1, 2, 3 } }));
        channel.MapAction("dropNull", (IPikkuChannel channel) =>
        {
            channel.TrySend(new { drop = "null" });
            return new { dropped = true };
        });
        channel.MapAction("dropSilent", (IPikkuChannel channel) =>
        {
            channel.TrySend(new { drop = "silent" });
            return new { dropped = true };
        });
        channel.MapAction("sendStr", (IPikkuChannel channel) => channel.SendAsync("plain"));
        channel.MapAction("bin", (IPikkuChannel channel) => channel.SendAsync(new byte[] { 5 }));
        channel.MapAction("cmThrow", (IPikkuChannel channel) =>
        {
            channel.TrySend(new { @throw = 1 });
            return new { reached = true };
        });
        channel.MapAction("throw", void () => throw new NotFoundError());
    }

    private static void WireEvents(this ChannelBuilder channel)
    {
        channel.MapAction("sub", async (TopicName input, PikkuContext context) =>
        {
            await context.EventHub.SubscribeAsync(new Topic<JsonElement>(input.Topic));
            return new { ok = true };
        });
        channel.MapAction("pub", async (TopicEvent input, PikkuContext context) =>
        {
            await context.EventHub.PublishAsync(new Topic<JsonElement>(input.Topic), input.Data);
            return new { ok = true };
        });
    }

    private static void WireMiddleware(this ChannelBuilder channel)
    {
        channel.MapAction("mwThrow", () => new { reached = true }).UseMiddleware(Refuse);
        channel.MapAction("mwSkip", () => new { reached = true }).UseMiddleware(Skip);
        channel.MapAction("mwSession", (IPikkuSession _, PikkuContext context) => SessionReply.Of(context)).UseMiddleware(SignIn);
        channel.MapAction("order", ListOrder).WithTags("fn-tag").UseMiddleware(CallOrder.Trace("msg"));
        channel.MapAction("prio", (PikkuContext context) => ReplyOf(context))
            .UseMiddleware(CallOrder.Trace("m-lowest"), MiddlewarePriority.Lowest)
            .UseMiddleware(CallOrder.Trace("m-high"), MiddlewarePriority.High)
            .UseMiddleware(CallOrder.Trace("m-low"), MiddlewarePriority.Low)
            .UseMiddleware(CallOrder.Trace("f-highest"), MiddlewarePriority.Highest)
            .UseMiddleware(CallOrder.Trace("f-medium"));
    }

    [UseMiddleware<TraceFunction>]
    private static OrderReply ListOrder(PikkuContext context) => ReplyOf(context);

    private static OrderReply ReplyOf(PikkuContext context)
    {
        var order = CallOrder.Of(context);
        order.Add("func");
        return new OrderReply(order);
    }

    private static ValueTask Refuse(PikkuContext context, PikkuNext next) => throw new UnauthorizedError();

    private static ValueTask Skip(PikkuContext context, PikkuNext next) => default;

    private static async ValueTask SignIn(PikkuContext context, PikkuNext next)
    {
        await context.SetSessionAsync(new ConformanceSession("from-mw"));
        await next();
    }

    private sealed class TraceFunction : IPikkuMiddleware
    {
        public ValueTask InvokeAsync(PikkuContext context, PikkuNext next) => CallOrder.Trace("func")(context, next);
    }

    public sealed record TopicEvent(string Topic, JsonElement Data);

    public sealed record OrderReply(IReadOnlyList<string> Order);
}
