using Akka;
using Akka.Actor;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Hosting.Server;
using Pikku.Akka.Connections;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Hosting;

/// <summary>
/// Starts the actors before the server listens, and drains before anything stops: Kestrel waits for open sockets, and without actors they
/// can't be closed in order. Who begins to stop first, the host or Akka's coordinated shutdown, depends on what ends the process.
/// </summary>
/// <remarks>
/// Hosted services start one after another, in the order in which they were added, and any of them may publish. So the actors are started
/// in <see cref="StartingAsync"/>, which the host runs for all services before the first <c>StartAsync</c>; and by the first use of the hub, if
/// that comes earlier. An actor system of Pikku's own joins its cluster there, too. The application may make its own actor system join only in a
/// <c>StartAsync</c>, so waiting for the cluster of that one waits until <see cref="StartedAsync"/>.
/// </remarks>
internal sealed class PikkuLifetime(
    // Before the actor system, as parameters are made in order: mistakes in settings and wiring end the start before there is one.
    PikkuApp app, ActorSystem system, DrainState drain, ConnectionDirectory directory, PikkuSettings settings, PikkuLog log, TimeProvider clock,
    PikkuPlan plan, ChannelAddresses addresses, IHostApplicationLifetime application, IOptions<HostOptions> host, IOptions<HostFilteringOptions> hosts,
    IServer? server = null)
    : IHostedLifecycleService
{
    /// <summary>What leaving the cluster and the end of the server may take after the drain.</summary>
    private static readonly TimeSpan AfterDrain = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _actorsStarted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IActorRef? _root;
    private Task? _drained;
    private Task? _started;

    public Task StartingAsync(CancellationToken cancellationToken) => StartEnoughAsync(cancellationToken);

    /// <summary>Starts the node, if nobody has done so before.</summary>
    /// <returns>Completes when the node may take connections.</returns>
    public Task StartOnceAsync()
    {
        lock (_gate)
            return _started ??= Task.Run(StartNodeAsync);
    }

    private Task StartEnoughAsync(CancellationToken cancellationToken)
    {
        var started = StartOnceAsync();
        return (plan.OwnsActorSystem ? started : _actorsStarted.Task).WaitAsync(cancellationToken);
    }

    private async Task StartNodeAsync()
    {
        app.HubClient.Begun();
        try
        {
            ExtendHostTimeout();
            // Whoever shuts the actor system down, in whatever way: connections are drained first.
            CoordinatedShutdown.Get(system).AddTask(DrainPhase.Name, "pikku-drain", async () =>
            {
                await DrainOnceAsync();
                return Done.Instance;
            });
            if (plan.OwnsActorSystem)
                StopWithActorSystem();
            _root = system.ActorOf(PikkuActor.Props(app), PikkuActor.Name);
            await StartActorsAsync();
            _actorsStarted.SetResult();
            if (settings.Cluster.IsOn)
                await JoinAsync();
            app.HubClient.Admit();
        }
        catch (Exception e)
        {
            app.HubClient.Fail(e);
            _actorsStarted.TrySetException(e);
            _ = _actorsStarted.Task.Exception; // nobody may wait for it
            throw;
        }
    }

    // Draining, leaving the cluster and the end of the server have to fit into what the host allows.
    private void ExtendHostTimeout()
    {
        var needed = DrainPhase.LongestDrain(settings) + AfterDrain;
        if (host.Value.ShutdownTimeout >= needed)
            return;
        if (settings.Shutdown.ExtendHostTimeout)
            host.Value.ShutdownTimeout = needed;
        else
            log.Warning(
                $"HostOptions.ShutdownTimeout = {host.Value.ShutdownTimeout} is less than the node may take to stop ({needed}), and pikku.shutdown.extend-host-timeout is off: "
                + "connections may be cut off. Raise it, or lower pikku.shutdown.drain-timeout.");
    }

    // A node that was removed from its cluster ends its actor system. Without actors the process is of no use, and an orchestrator restarts one that ends.
    private void StopWithActorSystem() => system.WhenTerminated.ContinueWith(
        _ => application.StopApplication(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    /// <exception cref="TimeoutException">One of them does not answer.</exception>
    private async Task StartActorsAsync()
    {
        try
        {
            await UnlessTerminatedAsync(directory.Parent.WaitAsync(settings.StartTimeout, clock));
            await UnlessTerminatedAsync(app.HubClient.Opened.WaitAsync(settings.StartTimeout, clock));
        }
        catch (TimeoutException)
        {
            throw new TimeoutException(
                $"The actors of the node did not start within pikku.start-timeout = {settings.StartTimeout}. The log of Akka may say why.");
        }
    }

    // An actor system that ends tells nobody who waits for one of its actors.
    private async Task UnlessTerminatedAsync(Task task)
    {
        if (await Task.WhenAny(task, system.WhenTerminated) != task)
            throw new InvalidOperationException("The actor system ended while the node was started.");
        await task;
    }

    /// <summary>Waits until the node is linked with the others: what is published on one of them reaches whoever connects here.</summary>
    /// <exception cref="TimeoutException">It was not let in, or a node could not be heard.</exception>
    private async Task JoinAsync()
    {
        try
        {
            await UnlessTerminatedAsync(app.Cluster.HubLinks.Linked.WaitAsync(settings.Cluster.JoinTimeout, clock));
        }
        catch (TimeoutException)
        {
            throw new TimeoutException(
                $"The node was not linked with its cluster within pikku.cluster.join-timeout = {settings.Cluster.JoinTimeout}. {Advice()}");
        }

        log.Joined();
        // A node that is told to leave drains at once: the others forget it when it has gone.
        _ = app.Cluster.Client.Leaving.ContinueWith(_ => DrainOnceAsync(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private string Advice()
    {
        var self = $"{settings.Cluster.Host}:{settings.Cluster.Port}";
        if (!plan.OwnsActorSystem)
            return $"The actor system '{system.Name}' is the application's: has it joined its cluster, can the other members reach {self}, and does Pikku run on all of them?";
        // None of the seeds is this node: it waits for one of them, however it may be called on this machine.
        var waits = settings.Cluster.Seeds.Contains(self)
            ? ""
            : $" This node calls itself {self}, which is none of the seeds; if one of them is meant to be this node, write it as pikku.cluster.host and pikku.cluster.port do.";
        return $"Are the seeds ({string.Join(", ", settings.Cluster.Seeds)}) running, and can they reach {self}?{waits}";
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => DrainOnceAsync().WaitAsync(cancellationToken);

    // For hosts that do not know of the phase before.
    public Task StartAsync(CancellationToken cancellationToken) => StartEnoughAsync(cancellationToken);

    /// <summary>Tells what there is, and what an operator or a developer may not have meant. Now, as routes may be mapped as late as the server starts.</summary>
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        await StartOnceAsync().WaitAsync(cancellationToken);
        foreach (var warning in plan.Warnings)
            log.Warning(warning);
        var mapped = addresses.Read();
        var channels = string.Join(", ", app.Channels.Select(c => $"{c.Definition.Name} at {mapped.GetValueOrDefault(c.Definition.Name, c.Definition.Route)}"));
        // A worker of a cluster needs no server, and nobody connects to it.
        if (app.Channels.Count > 0 && !plan.IsMapped && server is not null)
            log.NotMapped(channels);
        else
            Serves(channels);
    }

    private void Serves(string channels)
    {
        log.Started(channels);
        if (plan.IsMapped && app.Channels.Count > 0 && !settings.Upgrade.Origins.Contains(OriginRule.Any) && AnswersToAnyHost())
            log.AnyHost();
    }

    // As the filter of hosts reads it.
    private bool AnswersToAnyHost() =>
        hosts.Value.AllowedHosts is not { Count: > 0 } allowed || allowed.Any(name => name is "*" or "[::]" or "0.0.0.0");

    /// <summary>
    /// Ends what Pikku has started, once connections have been drained: its own actor system, or its actors in that of the application, which outlives
    /// them and is the application's to end.
    /// </summary>
    /// <remarks>Not cut short by the host's token: each phase has its own bound, and an actor system that is left running keeps its port.</remarks>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (plan.OwnsActorSystem)
        {
            await CoordinatedShutdown.Get(system).Run(CoordinatedShutdown.ClrExitReason.Instance);
            return;
        }

        await DrainOnceAsync(); // a host that does not know of StoppingAsync
        if (_root is { } root && !system.WhenTerminated.IsCompleted)
            await Task.WhenAny(root.GracefulStop(AfterDrain), system.WhenTerminated);
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private Task DrainOnceAsync()
    {
        lock (_gate)
            return _drained ??= DrainAsync();
    }

    /// <summary>
    /// 1. Nobody is let in any more, 2. every connection finishes what it has received and closes, 3. those that are not done in time are
    /// cut off and what they run is cancelled, 4. those whose code does not listen to that are given up.
    /// </summary>
    private async Task DrainAsync()
    {
        drain.Begin();
        if (!directory.Parent.IsCompletedSuccessfully)
            return; // the start failed before there was anybody to tell

        var parent = await directory.Parent;
        log.Draining(directory.Count, settings.Shutdown.DrainTimeout);
        parent.Tell(ConnectionProtocol.Drain.Instance, ActorRefs.NoSender);
        var calls = app.Cluster.Client.DrainCallsAsync();
        if (await IsEmptyWithinAsync(settings.Shutdown.DrainTimeout))
        {
            // Functions that run for connections of other nodes have as long as those of this one.
            await Task.WhenAny(calls, Task.Delay(settings.Shutdown.DrainTimeout, clock), system.WhenTerminated);
            return;
        }

        log.DrainTimedOut(directory.Count, settings.Shutdown.DrainTimeout);
        foreach (var channel in directory.All)
            channel.Abort();
        if (!await IsEmptyWithinAsync(DrainPhase.AfterCutoff))
            system.Stop(parent);
    }

    private async Task<bool> IsEmptyWithinAsync(TimeSpan timeout)
    {
        try
        {
            await directory.WhenEmptyAsync().WaitAsync(timeout, clock);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
