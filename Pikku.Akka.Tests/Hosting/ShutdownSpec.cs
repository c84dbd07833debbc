using System.Diagnostics.Metrics;
using Akka.Actor;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Pikku.Akka.Connections;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Hosting;

/// <summary>A node that goes away.</summary>
public sealed class ShutdownSpec
{
    private const string Quick = "pikku { shutdown.drain-timeout = 500ms, connection { close-timeout = 200ms, sweep-interval = 50ms } }";

    [Fact]
    [Trait("Rule", "I4")]
    public async Task Finishes_what_it_has_received_then_closes_with_1001()
    {
        var started = new TaskCompletionSource();
        var gate = new TaskCompletionSource<string>();
        await using var lab = await Lab.Start(new LabOptions
        {
            Channel = c => c.RoutingKey("do").MapAction("work", async () =>
            {
                started.SetResult();
                return await gate.Task;
            }),
        });
        using var idle = await lab.Connect();
        using var busy = await lab.Connect();
        using var received = new MeterListener();
        var messages = 0L;
        received.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "pikku.message.received" && instrument.Meter.Scope == lab.Services.GetRequiredService<IMeterFactory>())
                listener.EnableMeasurementEvents(instrument);
        };
        received.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref messages, count));
        received.Start();
        await busy.Send("""{"do":"work"}""");
        await busy.Send("""{"action":"echo","text":"waits behind it"}""");
        await started.Task;
        // What has not arrived when the drain begins is not promised anything.
        await Eventually.Holds(() => Interlocked.Read(ref messages) == 2, "both messages have been received");

        var stopping = lab.Stop();
        Assert.Equal(1001, (int?)await idle.AwaitClose());
        Assert.Equal(503, (await UpgradeSpec.Respond(lab, RawClient.UpgradeRequest("/lab"))).Status);
        gate.SetResult("done");

        Assert.Equal("""{"do":"work","result":"done"}""", await busy.Receive());
        Assert.Equal("""{"text":"waits behind it","action":"echo"}""", await busy.Receive());
        Assert.Equal(1001, (int?)await busy.AwaitClose());
        await stopping.WaitAsync(Eventually.Patience);
        Assert.Equal((2, 2), (lab.Connected, lab.Disconnected));
        Assert.Empty(lab.Logs.Accidents);
    }

    [Fact]
    [Trait("Rule", "E6")]
    public async Task Refuses_upgrades_with_503_while_it_drains()
    {
        await using var lab = await Lab.Start();
        lab.Services.GetRequiredService<DrainState>().Begin();

        var response = await UpgradeSpec.Respond(lab, RawClient.UpgradeRequest("/lab"));

        Assert.Equal(503, response.Status);
        Assert.NotNull(response["Retry-After"]);
        Assert.Equal("The node is going away.", response.Problem.GetProperty("detail").GetString());
    }

    [Fact]
    [Trait("Rule", "I4")]
    public async Task Closes_a_connection_that_slipped_in_while_the_drain_began()
    {
        DrainState? drain = null;
        await using var lab = await Lab.Start(new LabOptions
        {
            App = app => app.Use((context, next) =>
            {
                // Behind the look at the drain and before the actor is made.
                context.Features.Set<IHttpRequestTimeoutFeature>(new AtUpgrade(() => drain!.Begin()));
                return next();
            }),
        });
        drain = lab.Services.GetRequiredService<DrainState>();
        await using var client = await lab.Raw();

        Assert.Equal(1001, await client.ReadCloseCode());
    }

    [Fact]
    [Trait("Rule", "I4")]
    public async Task Closes_a_connection_that_is_accepted_after_the_drain_has_completed()
    {
        ActorSystem? system = null;
        await using var lab = await Lab.Start(new LabOptions
        {
            App = app => app.Use((context, next) =>
            {
                // Behind the look at the drain and before the actor is made. The actor that would make it has ended when the request goes on.
                context.Features.Set<IHttpRequestTimeoutFeature>(new AtUpgrade(() =>
                    Assert.True(CoordinatedShutdown.Get(system!).Run(CoordinatedShutdown.ClusterLeavingReason.Instance).Wait(Eventually.Patience))));
                return next();
            }),
        });
        system = lab.Services.GetRequiredService<ActorSystem>();
        await using var client = await lab.Raw();

        Assert.Equal(1001, await client.ReadCloseCode());
    }

    [Fact]
    public async Task Does_not_wait_for_a_client_that_does_not_answer_the_close_frame()
    {
        await using var lab = await Lab.Start(Quick);
        await using var client = await lab.Raw();

        await lab.Stop().WaitAsync(Eventually.Patience);

        Assert.Equal(1001, await client.ReadCloseCode());
        Assert.Equal((1, 1), (lab.Connected, lab.Disconnected));
        Assert.Empty(lab.Logs.Accidents);
    }

    [Fact]
    public async Task Cancels_what_runs_when_the_time_is_over_and_still_disconnects()
    {
        var started = new TaskCompletionSource();
        await using var lab = await Lab.Start(new LabOptions
        {
            Hocon = Quick,
            Channel = c => c.OnMessage(async (string _, CancellationToken cancellation) =>
            {
                started.SetResult();
                var cancelled = new TaskCompletionSource();
                await using var registration = cancellation.Register(cancelled.SetResult);
                await cancelled.Task;
            }),
        });
        await using var client = await lab.Raw();
        await client.SendText("wait");
        await started.Task;

        await lab.Stop().WaitAsync(Eventually.Patience);

        Assert.Equal((1, 1), (lab.Connected, lab.Disconnected));
        Assert.Empty(lab.Logs.Accidents);
    }

    [Fact]
    public async Task Does_not_wait_for_code_that_hangs()
    {
        var started = new TaskCompletionSource();
        await using var lab = await Lab.Start(new LabOptions
        {
            Hocon = Quick,
            Channel = c => c.OnMessage((string _) =>
            {
                started.SetResult();
                return new TaskCompletionSource<string>().Task;
            }),
        });
        await using var client = await lab.Raw();
        await client.SendText("hang");
        await started.Task;

        var from = TimeProvider.System.GetTimestamp();
        await lab.Stop().WaitAsync(Eventually.Patience);

        // The deadline of the function is 30 s, and what the host has for its own stop as well.
        Assert.InRange(TimeProvider.System.GetElapsedTime(from), TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.Empty(lab.Logs.Accidents);
    }

    [Fact]
    [Trait("Rule", "I4")]
    public async Task Drains_as_well_when_Akka_goes_down_first()
    {
        await using var lab = await Lab.Start();
        using var client = await lab.Connect();

        var down = CoordinatedShutdown.Get(lab.Services.GetRequiredService<ActorSystem>()).Run(CoordinatedShutdown.ClusterLeavingReason.Instance);

        Assert.Equal(1001, (int?)await client.AwaitClose());
        await down.WaitAsync(Eventually.Patience);
        // Both are 0 when the shutdown was faster than the connection.
        Assert.Equal(lab.Connected, lab.Disconnected);
    }

    [Fact]
    public async Task Stops_when_something_else_kept_it_from_starting()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Services.AddHostedService<Broken>();
        builder.Services.AddPikku(_ => { });
        await using var app = builder.Build();

        await Assert.ThrowsAsync<InvalidOperationException>(() => app.StartAsync());
        await Record.ExceptionAsync(() => app.StopAsync()).WaitAsync(Eventually.Patience);
    }

    private sealed class Broken : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => throw new InvalidOperationException("broken");

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    // The server asks it to stand down once a request has become a connection.
    private sealed class AtUpgrade(Action upgraded) : IHttpRequestTimeoutFeature
    {
        public CancellationToken RequestTimeoutToken => default;

        public void DisableTimeout() => upgraded();
    }
}
