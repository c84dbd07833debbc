using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>Clients that do not read the messages that they receive.</summary>
[Collection(WholeProcess.Name)]
public sealed class SlowConsumerSpec
{
    private static Topic<string> News { get; } = new("news");

    [Fact]
    [Trait("Rule", "K6")]
    public async Task A_slow_consumer_is_aborted_while_others_receive_every_event_and_the_publisher_does_not_wait()
    {
        const int Events = 400;
        await using var lab = await Lab.Start(new LabOptions
        {
            Hocon = """
                pikku {
                  limits { connections-per-node = 3, messages-per-second = 100000, message-burst = 100000 }
                  outbox.max-size = 1MiB
                  connection { max-message-size = 64KiB, close-timeout = 200ms, sweep-interval = 50ms }
                  event-hub.max-event-size = 128KiB
                }
                """,
            Channel = c =>
            {
                c.RoutingKey("news").MapAction("subscribe", (PikkuContext context) => context.EventHub.SubscribeAsync(News, context.Channel));
                c.RoutingKey("news").MapAction("publish", (PikkuContext context) => context.EventHub.PublishAsync(News, new string('x', 64 * 1024)));
            },
        });
        using var reader = await lab.Connect();
        using var publisher = await lab.Connect();
        await using var sleeper = await RawClient.Upgrade(lab.Port, "/lab", receiveBuffer: 4096);
        await reader.Ask("""{"news":"subscribe"}""");
        await sleeper.SendText("""{"news":"subscribe"}""");
        await sleeper.ReadFrame();
        var before = GC.GetTotalMemory(forceFullCollection: true);

        for (var i = 0; i < Events; i++)
        {
            Assert.Equal("""{"news":"publish"}""", await publisher.Ask("""{"news":"publish"}"""));
            Assert.Contains("xxx", await reader.Receive(), StringComparison.Ordinal);
        }

        await lab.Holds(2);
        Assert.Contains(lab.Logs.Entries, e => e.Text.Contains("reads too slowly", StringComparison.Ordinal));
        // 25 MiB were sent to a client that read almost nothing.
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 10 * 1024 * 1024);
    }

    [Fact]
    [Trait("Rule", "I4")]
    public async Task A_slow_consumer_receives_1013_if_it_reads_again_in_time()
    {
        await using var lab = await Lab.Start(new LabOptions
        {
            Hocon = "pikku { outbox.max-size = 1MiB, connection.close-timeout = 1m }",
            Channel = c => c.RoutingKey("flood").MapAction("yes", (IPikkuChannel channel) =>
            {
                for (var i = 0; channel.IsOpen; i++)
                    channel.TrySend(new string('x', 32 * 1024));
            }),
        });
        await using var client = await RawClient.Upgrade(lab.Port, "/lab", receiveBuffer: 4096);

        await client.SendText("""{"flood":"yes"}""");

        Assert.Equal(1013, await client.ReadCloseCode());
        await client.SendFrame(RawFrame.Close, RawFrame.ClosePayload(1013));
        await client.ReadToEnd();
        await lab.Holds(0);
    }
}
