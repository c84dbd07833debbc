using System.Text.Json;
using Pikku.Akka;

namespace Conformance.Channels;

/// <summary>Middleware around functions, and middleware over sent messages.</summary>
public static class MwChannel
{
    private static readonly PikkuFunction Order = PikkuFunction.Sessionless("order", ListOrder) with
    {
        Tags = ["fn-tag"],
        Middleware = [CallOrder.Trace("func")],
    };

    private static readonly PikkuFunction Prio = PikkuFunction.Sessionless("prio", ListOrder) with
    {
        Middleware = [CallOrder.Trace("f-highest", MiddlewarePriority.Highest), CallOrder.Trace("f-medium")],
    };

    public static PikkuBuilder WireMw(this PikkuBuilder pikku) => pikku.WireChannel("mw", channel => channel
        .Auth(false)
        .Tags("chan-tag")
        .Middleware(CallOrder.Trace("wire"))
        .ChannelMiddleware(SentEvents.Stamp, SentEvents.Upper)
        .OnConnect((IPikkuChannel channel) =>
        {
            channel.Send(new { via = "channel.send in onConnect" });
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
            channel.Send(new { up = "sent" });
            return new { up = "result" };
        })
        .On("fan", (IPikkuChannel channel) => channel.Send(new { fan = new List<int> { 1, 2, 3 } }))
        .On("dropNull", (IPikkuChannel channel) =>
        {
            channel.Send(new { drop = "null" });
            return new { dropped = true };
        })
        .On("dropSilent", (IPikkuChannel channel) =>
        {
            channel.Send(new { drop = "silent" });
            return new { dropped = true };
        })
        .On("sendStr", (IPikkuChannel channel) => channel.Send("plain"))
        .On("bin", (IPikkuChannel channel) => channel.Send(new byte[] { 5 }))
        .On("cmThrow", (IPikkuChannel channel) =>
        {
            channel.Send(new { @throw = 1 });
            return new { reached = true };
        })
        .On("throw", void () => throw new NotFoundError());

    private static ActionsBuilder WireEvents(this ActionsBuilder on) => on
        .On("sub", async (TopicName input, Wire wire) =>
        {
            await wire.EventHub.Subscribe(new Topic<JsonElement>(input.Topic));
            return new { ok = true };
        })
        .On("pub", async (TopicEvent input, Wire wire) =>
        {
            await wire.EventHub.Publish(new Topic<JsonElement>(input.Topic), input.Data);
            return new { ok = true };
        });

    private static ActionsBuilder WireMiddleware(this ActionsBuilder on) => on
        .On("mwThrow", () => new { reached = true }, middleware: PikkuMiddleware.Of(Refuse))
        .On("mwSkip", () => new { reached = true }, middleware: PikkuMiddleware.Of(Skip))
        .On("mwSession", PikkuFunction.Create("mwSession", (Wire wire) => SessionReply.Of(wire)), middleware: PikkuMiddleware.Of(SignIn))
        .On("order", Order, middleware: CallOrder.Trace("msg"))
        .On("prio", Prio, middleware:
        [
            CallOrder.Trace("m-lowest", MiddlewarePriority.Lowest),
            CallOrder.Trace("m-high", MiddlewarePriority.High),
            CallOrder.Trace("m-low", MiddlewarePriority.Low),
        ]);

    private static OrderReply ListOrder(Wire wire)
    {
        var order = CallOrder.Of(wire);
        order.Add("func");
        return new OrderReply(order);
    }

    private static ValueTask Refuse(IServiceProvider services, Wire wire, PikkuNext next) => throw new UnauthorizedError();

    private static ValueTask Skip(IServiceProvider services, Wire wire, PikkuNext next) => default;

    private static async ValueTask SignIn(IServiceProvider services, Wire wire, PikkuNext next)
    {
        await wire.SetSession(new ConformanceSession("from-mw"));
        await next();
    }

    public sealed record TopicEvent(string Topic, JsonElement Data);

    public sealed record OrderReply(IReadOnlyList<string> Order);
}
