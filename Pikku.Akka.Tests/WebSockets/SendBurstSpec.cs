using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>A burst of messages to a client that reads all the time. A burst alone does not make a client slow.</summary>
public sealed class SendBurstSpec
{
    private static readonly Topic<string> News = new("news");

    private static readonly string Text = new('x', 64);

    /// <summary>The way of sending, the number of messages, and the settings.</summary>
    public static TheoryData<string, int, string> Bursts
    {
        get
        {
            var bursts = new TheoryData<string, int, string>();
            foreach (var overflow in (string[])["close", "drop-oldest", "keep-latest"])
            {
                bursts.Add("send", 2_000, $"pikku.outbox.overflow = {overflow}");
                bursts.Add("middleware", 2_000, $"pikku.outbox.overflow = {overflow}");
            }

            bursts.Add("send", 20_000, "");
            bursts.Add("middleware", 8_000, "");
            bursts.Add("connect", 2_000, "");
            bursts.Add("interceptor", 2_000, "");
            bursts.Add("elsewhere", 2_000, "");
            bursts.Add("publish", 2_000, "");
            bursts.Add("middleware-publish", 2_000, "");
            bursts.Add("bytes", 2_000, "");
            bursts.Add("await", 2_000, "");
            bursts.Add("middleware-await", 2_000, "");
            return bursts;
        }
    }

    [Theory]
    [MemberData(nameof(Bursts))]
    public async Task A_whole_burst_reaches_a_client_that_reads(string way, int count, string hocon)
    {
        await using var lab = await Lab.Start(new LabOptions { Hocon = hocon, Pikku = pikku => Wire(pikku, way, count) });
        using var client = await lab.Connect("/burst");

        await client.Send("""{"action":"burst"}""");

        for (var i = 0; i < count; i++)
            Assert.True(await client.Receive() is not null, $"{client.CloseCode} after {i} messages");
        Assert.Equal("""{"action":"burst"}""", await client.Receive());
        Assert.Equal("""{"action":"ping","result":"pong"}""", await client.Ask("""{"action":"ping"}"""));
    }

    [Fact]
    public async Task A_burst_above_the_outbox_size_closes_with_1013_and_the_function_continues()
    {
        var sent = new TaskCompletionSource();
        await using var lab = await Lab.Start(new LabOptions
        {
            Hocon = "pikku.connection.close-timeout = 1m",
            Channel = c => c.RoutingKey("flood").MapAction("yes", (IPikkuChannel channel) =>
            {
                for (var i = 0; i < 100 * 1024 && channel.IsOpen; i++)
                    channel.TrySend(new string('x', 1024));
                channel.TrySend("dropped without an error");
                sent.SetResult();
            }),
        });
        await using var client = await RawClient.Upgrade(lab.Port, "/lab", receiveBuffer: 4096);

        await client.SendText("""{"flood":"yes"}""");

        await sent.Task.WaitAsync(Eventually.Patience);
        Assert.Equal(1013, await client.ReadCloseCode());
    }

    [Fact]
    public async Task A_burst_of_events_reaches_every_handler()
    {
        const int count = 2_000;
        var handled = new List<int>();
        var all = new TaskCompletionSource();
        var numbers = new Topic<int>("numbers");
        await using var lab = await Lab.Start(new LabOptions
        {
            Channel = c =>
            {
                c.RoutingKey("handle").MapAction("subscribe", async (PikkuContext context) => await context.EventHub.SubscribeAsync(numbers, n =>
                {
                    handled.Add(n);
                    if (handled.Count == count)
                        all.SetResult();
                    return default;
                }));
                c.RoutingKey("handle").MapAction("publish", async (PikkuContext context) => await Task.WhenAll(Enumerable.Range(0, count).Select(n => context.EventHub.PublishAsync(numbers, n).AsTask())));
            },
        });
        using var client = await lab.Connect();
        await client.Ask("""{"handle":"subscribe"}""");

        Assert.Equal("""{"handle":"publish"}""", await client.Ask("""{"handle":"publish"}"""));

        await all.Task.WaitAsync(Eventually.Patience);
        Assert.Equal(Enumerable.Range(0, count), handled);
    }

    private static void Wire(PikkuBuilder pikku, string way, int count)
    {
        var interceptor = PikkuMiddleware.Of((context, next) =>
        {
            Send(context.Channel);
            return next();
        });
        pikku.WireChannel("burst", channel =>
        {
            channel.AllowAnonymous();
            if (way.StartsWith("middleware", StringComparison.Ordinal))
                channel.UseChannelMiddleware((_, e, next) => next(e));
            if (way == "connect")
                channel.OnConnect((IPikkuChannel connection) => Send(connection));
            channel.MapAction("ping", () => "pong");
            var burst = channel.MapAction("burst", FunctionDescriptor.FromDelegate("burst", (PikkuContext context, IPikkuChannels channels) => RunAsync(context, channels)));
            if (way == "interceptor")
                burst.UseMiddleware(interceptor);
        });

        async Task RunAsync(PikkuContext context, IPikkuChannels channels)
        {
            switch (way)
            {
                case "send" or "middleware":
                    Send(context.Channel);
                    break;
                case "bytes":
                    for (var i = 0; i < count; i++)
                        context.Channel.TrySend(new byte[64]);
                    break;
                case "elsewhere":
                    for (var i = 0; i < count; i++)
                        await channels.SendAsync(context.Channel.Id, Text);
                    break;
                case "publish" or "middleware-publish":
                    await context.EventHub.SubscribeAsync(News);
                    await Task.WhenAll(Enumerable.Range(0, count).Select(_ => context.EventHub.PublishAsync(News, Text).AsTask()));
                    break;
                case "await" or "middleware-await":
                    for (var i = 0; i < count; i++)
                        await context.Channel.SendAsync(Text);
                    break;
            }
        }

        void Send(IPikkuChannel channel)
        {
            for (var i = 0; i < count; i++)
                channel.TrySend(Text);
        }
    }
}
