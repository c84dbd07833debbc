using Akka.Actor;
using Microsoft.Extensions.Hosting;
using Pikku.Akka.Connections;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Hosting;

/// <summary>
/// Starts the actors before the server listens, and drains before it stops: Kestrel waits for open sockets, so they must go first.
/// </summary>
internal sealed class PikkuLifetime(
    ActorSystem system, PikkuApp app, DrainState drain, ConnectionDirectory directory, PikkuSettings settings, PikkuLog log, TimeProvider clock)
    : IHostedLifecycleService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        system.ActorOf(PikkuActor.Props(app), PikkuActor.Name);
        await directory.Parent.WaitAsync(cancellationToken);
        await app.HubGate.Opened.WaitAsync(cancellationToken);
        log.Started(string.Join(", ", app.Channels.Select(c => $"{c.Definition.Name} at {c.Definition.Route}")));
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        drain.Begin();
        var timeout = settings.Shutdown.DrainTimeout;
        log.Draining(directory.Count, timeout);
        (await directory.Parent).Tell(ConnectionProtocol.Drain.Instance, ActorRefs.NoSender);
        try
        {
            await directory.WhenEmpty().WaitAsync(timeout, clock, cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            log.DrainTimedOut(directory.Count, timeout);
            foreach (var channel in directory.All)
                channel.AbortSocket();
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
