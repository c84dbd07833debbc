using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>How connections are affected by misbehaving code of the application.</summary>
public sealed class MisbehavingCodeSpec
{
    [Theory]
    [InlineData("throws", "Internal server error")]
    [InlineData("throwsLate", "Internal server error")]
    [InlineData("loops", "Internal server error")]
    [InlineData("hangs", "RequestTimeoutError")]
    [InlineData("aroundThrows", "Internal server error")]
    [InlineData("aroundHangs", "RequestTimeoutError")]
    [Trait("Rule", "E5")]
    public async Task A_failing_call_has_a_reply_and_the_connection_stays_open(string action, string answer)
    {
        await using var lab = await Start();
        using var other = await lab.Connect();
        using var client = await lab.Connect();

        Assert.Contains(answer, await client.Ask($$"""{"do":"{{action}}"}"""), StringComparison.Ordinal);

        Assert.Equal("""{"text":"still","action":"echo"}""", await client.Ask("""{"action":"echo","text":"still"}"""));
        await client.Close();
        await HostileFrameSpec.LivesOn(lab, other);
    }

    [Theory]
    [InlineData("throws")]
    [InlineData("hangs")]
    [InlineData("aroundHangs")]
    [Trait("Rule", "I1")]
    public async Task A_client_that_leaves_during_a_bad_call_leaves_nothing_behind(string action)
    {
        await using var lab = await Start();
        using var other = await lab.Connect();
        await using var client = await lab.Raw();

        await client.SendText($$"""{"do":"{{action}}"}""");
        client.Vanish();

        await HostileFrameSpec.LivesOn(lab, other);
    }

    [Fact]
    [Trait("Rule", "A5")]
    public async Task A_call_whose_client_leaves_is_cancelled()
    {
        var started = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        await using var lab = await Lab.Start(new LabOptions
        {
            Channel = c => c.OnMessage(async (string _, CancellationToken cancellation) =>
            {
                await using var registration = cancellation.Register(cancelled.SetResult);
                started.SetResult();
                await cancelled.Task;
            }),
        });
        await using var client = await lab.Raw();

        await client.SendText("wait for me");
        await started.Task.WaitAsync(Eventually.Patience);
        client.Vanish();

        await cancelled.Task.WaitAsync(Eventually.Patience);
        await lab.Holds(0);
    }

    [Fact]
    [Trait("Rule", "H3")]
    public async Task Hanging_channel_middleware_delays_only_its_own_connection()
    {
        await using var lab = await Lab.Start(new LabOptions
        {
            Hocon = "pikku.channel.middleware-timeout = 300ms",
            Channel = c =>
            {
                c.UseChannelMiddleware(async (_, e, next) =>
                {
                    if (Equals(e.Payload, "never arrives"))
                        await new TaskCompletionSource().Task;
                    await next(e);
                }).RoutingKey("do").MapAction("hang", () => "never arrives");
                c.RoutingKey("do").MapAction("pass", () => "arrives");
            },
        });
        using var other = await lab.Connect();
        using var client = await lab.Connect();

        await client.Send("""{"do":"hang"}""");
        await client.Send("""{"do":"pass"}""");
        Assert.Equal("""{"text":"a","action":"echo"}""", await other.Ask("""{"action":"echo","text":"a"}"""));

        Assert.Equal("""{"do":"pass","result":"arrives"}""", await client.Receive()); // the reply before it was dropped
        await client.Close();
        await lab.Holds(1);
    }

    private static Task<Lab> Start() => Lab.Start(new LabOptions
    {
        Hocon = "pikku { function.timeout = 300ms, connection.sweep-interval = 50ms, limits.connections-per-node = 2 }",
        Channel = c =>
        {
            c.RoutingKey("do").MapAction("throws", string () => throw new InvalidOperationException("thrown"));
            c.RoutingKey("do").MapAction("throwsLate", async Task<string> () =>
            {
                await Task.Yield();
                throw new InvalidOperationException("thrown");
            });
            c.RoutingKey("do").MapAction("loops", () => new Loop());
            c.RoutingKey("do").MapAction("hangs", () => new TaskCompletionSource<string>().Task);
            c.RoutingKey("do").MapAction("aroundThrows", () => "ran").UseMiddleware((_, _) => throw new InvalidOperationException("thrown"));
            c.RoutingKey("do").MapAction("aroundHangs", () => "ran").UseMiddleware((_, _) => new ValueTask(new TaskCompletionSource().Task));
        },
    });

    // The object refers to itself, so it cannot be serialized.
    private sealed record Loop
    {
        public Loop Self => this;
    }
}
