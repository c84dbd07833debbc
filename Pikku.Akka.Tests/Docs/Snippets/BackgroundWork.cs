using Akka.Actor;
using Akka.Cluster.Tools.Singleton;
using Microsoft.Extensions.Hosting;
using Pikku.Akka;

namespace Snippets.OfBackgroundWork;

#region background-work
public sealed class Ticker : ReceiveActor, IWithTimers
{
    public static readonly Topic<DateTimeOffset> Ticks = new("ticks");

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    public Ticker(IEventHub events, TimeProvider clock) =>
        ReceiveAsync<Tick>(_ => events.PublishAsync(Ticks, clock.GetUtcNow()).AsTask());

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer("tick", Tick.Instance, s_interval);

    private sealed class Tick
    {
        public static readonly Tick Instance = new();
    }
}

public sealed class TickerService(ActorSystem system, IEventHub events, TimeProvider clock) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var ticker = Props.Create(() => new Ticker(events, clock));
        // A node that runs alone has no cluster.
        system.ActorOf(
            system.Settings.HasCluster ? ClusterSingletonManager.Props(ticker, PoisonPill.Instance, ClusterSingletonManagerSettings.Create(system)) : ticker,
            "ticker");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
#endregion
