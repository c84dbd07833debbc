using System.Text.Json;
using Pikku.Akka;

namespace Conformance.Channels;

/// <summary>Middleware around functions, and middleware over sent messages.</summary>
public static class MwChannel
{
    private static readonly FunctionDescriptor Order = FunctionDescriptor.FromSessionlessDelegate("order", ListOrder) with
    {
        Tags = ["fn-tag"],
        Middleware = [CallOrder.Trace("func")],
    };

    private static readonly FunctionDescriptor Prio = FunctionDescriptor.FromSessionlessDelegate("prio", ListOrder) with
    {
        Middleware = [CallOrder.Trace("f-highest", MiddlewarePriority.Highest), CallOrder.Trace("f-medium")],
    };

    public static PikkuBuilder WireMw(this PikkuBuilder pikku) => pikku.WireChannel("mw", channel => channel
        .AllowAnonymous()
        .WithTags("chan-tag")
        .UseMiddleware(CallOrder.Trace("wire"))
        .UseChannelMiddleware(SentEvents.Stamp, SentEvents.Upper)
        .OnConnect((IPikkuChannel channel) =>
        {
            channel.TrySend(new { via = "channel.send in onConnect" });
            return new { via = "onConnect result" };
        })
        .OnMessage("action", on => on
            .WireSends()
            .WireEvents()
            .WireMiddleware()));

    private static ActionsBuilder WireSends(this ActionsBuilder on) => on
        .On("reply", () => new { up = "reply" })
        .On("send", (IPikkuChannel channel) =>
        {
            channel.TrySend(new { up = "sent" });
            return new { up = "result" };
        })
        .On("fan", (IPikkuChannel channel) => channel.SendAsync(new { fan = new List<int> { 1, 2, 3 } }))
        .On("dropNull", (IPikkuChannel channel) =>
        {
            channel.TrySend(new { drop = "null" });
            return new { dropped = true };
        })
        .On("dropSilent", (IPikkuChannel channel) =>
        {
            channel.TrySend(new { drop = "silent" });
            return new { dropped = true };
        })
        .On("sendStr", (IPikkuChannel channel) => channel.SendAsync("plain"))
        .On("bin", (IPikkuChannel channel) => channel.SendAsync(new byte[] { 5 }))
        .On("cmThrow", (IPikkuChannel channel) =>
        {
            channel.TrySend(new { @throw = 1 });
            return new { reached = true };
        })
        .On("throw", void () => throw new NotFoundError());

    private static ActionsBuilder WireEvents(this ActionsBuilder on) => on
        .On("sub", async (TopicName input, PikkuContext context) =>
        {
            await context.EventHub.SubscribeAsync(new Topic<JsonElement>(input.Topic));
            return new { ok = true };
        })
        .On("pub", async (TopicEvent input, PikkuContext context) =>
        {
            await context.EventHub.PublishAsync(new Topic<JsonElement>(input.Topic), input.Data);
            return new { ok = true };
        });

    private static ActionsBuilder WireMiddleware(this ActionsBuilder on) => on
        .On("mwThrow", () => new { reached = true }, middleware: PikkuMiddleware.Of(Refuse))
        .On("mwSkip", () => new { reached = true }, middleware: PikkuMiddleware.Of(Skip))
        .On("mwSession", FunctionDescriptor.FromDelegate("mwSession", (PikkuContext context) => SessionReply.Of(context)), middleware: PikkuMiddleware.Of(SignIn))
        .On("order", Order, middleware: CallOrder.Trace("msg"))
        .On("prio", Prio, middleware:
        [
            CallOrder.Trace("m-lowest", MiddlewarePriority.Lowest),
            CallOrder.Trace("m-high", MiddlewarePriority.High),
            CallOrder.Trace("m-low", MiddlewarePriority.Low),
        ]);

    private static OrderReply ListOrder(PikkuContext context)
    {
        var order = CallOrder.Of(context);
        order.Add("func");
        return new OrderReply(order);
    }

    private static ValueTask Refuse(IServiceProvider services, PikkuContext context, PikkuNext next) => throw new UnauthorizedError();

    private static ValueTask Skip(IServiceProvider services, PikkuContext context, PikkuNext next) => default;

    private static async ValueTask SignIn(IServiceProvider services, PikkuContext context, PikkuNext next)
    {
        await context.SetSessionAsync(new ConformanceSession("from-mw"));
        await next();
    }

    public sealed record TopicEvent(string Topic, JsonElement Data);

    public sealed record OrderReply(IReadOnlyList<string> Order);
}
