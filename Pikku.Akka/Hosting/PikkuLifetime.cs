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
/// Starts the actors before the server listens, and drains the connections before anything stops: Kestrel waits for open sockets, and without actors the sockets
/// can't be closed properly. Either the host or Akka's coordinated shutdown begins to stop first, depending on the reason why the process ends.
/// </summary>
/// <remarks>
/// Hosted services start one after another in the order of their registration, and any of them may publish. The actors are therefore started in
/// <see cref="StartingAsync"/>, which the host calls on all services before the first <c>StartAsync</c>, or earlier by the first use of the hub. An actor
/// system that Pikku has created joins its cluster there as well. An actor system of the application may join its cluster only in a <c>StartAsync</c>, so
/// <see cref="StartedAsync"/> waits for that cluster.
/// </remarks>
internal sealed class PikkuLifetime(
    // This parameter precedes the actor system because parameters are resolved in order: invalid settings or wiring stop the start before an actor system is created.
    PikkuApp app, ActorSystem system, DrainState drain, ConnectionDirectory directory, PikkuSettings settings, PikkuLog log, TimeProvider clock,
    PikkuPlan plan, ChannelAddresses addresses, IHostApplicationLifetime application, IOptions<HostOptions> host, IOptions<HostFilteringOptions> hosts,
    BackgroundTasks background, SocketScheduling scheduling, IServer? server = null)
    : IHostedLifecycleService
{
    private const string Start = "The start of the node"; // for the log and the metric

    /// <summary>The time for leaving the cluster and for stopping the server after the drain.</summary>
    private static readonly TimeSpan AfterDrain = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _actorsStarted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IActorRef? _root;
    private Task? _drained;
    private Task? _started;

    public Task StartingAsync(CancellationToken cancellationToken) => StartEnoughAsync(cancellationToken);

    /// <summary>Starts the node, unless it was started before.</summary>
    /// <returns>A task that completes when the node may accept connections.</returns>
    public Task StartOnceAsync()
    {
        lock (_gate)
        {
            if (_started is null)
            {
                _started = Task.Run(StartNodeAsync);
                // The host may await only the start of the actors. A failure of the start reaches it and the callers of the hub all the same.
                _started.IgnoreFailure();
            }

            return _started;
        }
    }

    private Task StartEnoughAsync(CancellationToken cancellationToken)
    {
        var started = StartOnceAsync();
        return background.WaitAsync(plan.OwnsActorSystem ? started : _actorsStarted.Task, Start, cancellationToken);
    }

    private async Task StartNodeAsync()
    {
        app.HubClient.Begun();
        try
        {
            ExtendHostTimeout();
            scheduling.Apply();
            if (scheduling.Problem is { } problem)
                log.Warning(problem);
            drain.Starter = () => background.Observe(DrainOnceAsync(), "Draining the node for an operator");
            // A shutdown of the actor system drains the connections first, no matter what causes it.
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
            _actorsStarted.Task.IgnoreFailure();
            throw;
        }
    }

    // The drain, leaving the cluster and stopping the server have to finish within the shutdown timeout of the host.
    private void ExtendHostTimeout()
    {
        var needed = DrainPhase.LongestDrain(settings) + AfterDrain;
        if (host.Value.ShutdownTimeout >= needed)
            return;
        if (settings.Shutdown.ExtendHostTimeout)
            host.Value.ShutdownTimeout = needed;
        else
            log.Warning(
                $"HostOptions.ShutdownTimeout = {host.Value.ShutdownTimeout} is less than the node may need to stop ({needed}), and pikku.shutdown.extend-host-timeout is off: "
                + "connections may be aborted. Raise it, or lower pikku.shutdown.drain-timeout.");
    }

    // A node that was removed from its cluster terminates its actor system. Without actors the process has no use, so it ends, and an orchestrator can restart it.
    private void StopWithActorSystem() => system.WhenTerminated.ContinueWith(
        _ => application.StopApplication(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    /// <exception cref="TimeoutException">An actor does not answer in time.</exception>
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
                $"The actors of the node did not start within pikku.start-timeout = {settings.StartTimeout}. The log of Akka may contain the reason.");
        }
    }

    // When the actor system terminates, tasks that wait for its actors never complete, so the termination is awaited as well.
    private async Task UnlessTerminatedAsync(Task task)
    {
        if (await Task.WhenAny(task, system.WhenTerminated) != task)
        {
            background.Observe(task, Start);
            throw new InvalidOperationException("The actor system terminated while the node was starting.");
        }

        await task;
    }

    /// <summary>Waits until the node is linked with the other nodes, so that events that are published on any node reach the connections of this node.</summary>
    /// <exception cref="TimeoutException">The node could not join the cluster, or has no link with another node.</exception>
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
        // A node that leaves the cluster drains immediately, because the other nodes send it no events after it has left.
        background.Observe(DrainWhenLeavingAsync(), "Draining the node when it left the cluster");
    }

    private async Task DrainWhenLeavingAsync()
    {
        await app.Cluster.Client.Leaving;
        await DrainOnceAsync();
    }

    private string Advice()
    {
        var self = $"{settings.Cluster.Host}:{settings.Cluster.Port}";
        if (!plan.OwnsActorSystem)
            return $"The actor system '{system.Name}' belongs to the application. Check that it has joined its cluster, that the other members can reach {self}, and that Pikku runs on all of them.";
        if (app.Cluster.Client.Waits is { } reason && (settings.Cluster.Seeds.Count == 0 || settings.Cluster.Seeds.Contains(self)))
            return reason;
        // If none of the seeds is this node, it waits for a seed. One of the seeds may be this node under a different name.
        var waits = settings.Cluster.Seeds.Contains(self)
            ? ""
            : $" The address of this node is {self}, which is not one of the seeds. If one of the seeds is this node, write it in the form of pikku.cluster.host and pikku.cluster.port.";
        return $"Check that the seeds ({string.Join(", ", settings.Cluster.Seeds)}) run and that they can reach {self}.{waits}";
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => background.WaitAsync(DrainOnceAsync(), "Draining the node", cancellationToken);

    // For hosts that do not call StartingAsync.
    public Task StartAsync(CancellationToken cancellationToken) => StartEnoughAsync(cancellationToken);

    /// <summary>Logs the channels and the warnings. This happens here because routes may be mapped until the server starts.</summary>
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        await background.WaitAsync(StartOnceAsync(), Start, cancellationToken);
        foreach (var warning in plan.Warnings)
            log.Warning(warning);
        var mapped = addresses.Read();
        var channels = string.Join(", ", app.Channels.Select(c => $"{c.Definition.Name} at {mapped.GetValueOrDefault(c.Definition.Name, c.Definition.Route)}"));
        // A worker of a cluster has no server, and no client connects to it.
        if (app.Channels.Count > 0 && !plan.IsMapped && server is not null)
            log.NotMapped(channels);
        else
            LogStarted(channels);
    }

    private void LogStarted(string channels)
    {
        log.Started(channels);
        if (plan.IsMapped && app.Channels.Count > 0 && !settings.Upgrade.Origins.Contains(OriginRule.Any) && AcceptsAnyHost())
            log.AnyHost();
    }

    // The same rules as in the host filtering middleware of ASP.NET Core.
    private bool AcceptsAnyHost() =>
        hosts.Value.AllowedHosts is not { Count: > 0 } allowed || allowed.Any(name => name is "*" or "[::]" or "0.0.0.0");

    /// <summary>
    /// Stops everything that Pikku has started, after the connections are drained: its own actor system, or its actors in the actor system of the application,
    /// which the application itself terminates later.
    /// </summary>
    /// <remarks>The token of the host is ignored: each phase has its own timeout, and an actor system that keeps running would keep its port.</remarks>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (plan.OwnsActorSystem)
        {
            await CoordinatedShutdown.Get(system).Run(CoordinatedShutdown.ClrExitReason.Instance);
            return;
        }

        await DrainOnceAsync(); // for hosts that do not call StoppingAsync
        if (_root is { } root && !system.WhenTerminated.IsCompleted)
            await StopActorsAsync(root);
    }

    private async Task StopActorsAsync(IActorRef root)
    {
        var stopping = root.GracefulStop(AfterDrain);
        if (await Task.WhenAny(stopping, system.WhenTerminated) == stopping && !stopping.IsCompletedSuccessfully)
            log.Warning($"The actors of Pikku did not stop within {AfterDrain}. They stop with the actor system of the application.");
        background.Observe(stopping, "Stopping the actors of Pikku");
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private Task DrainOnceAsync()
    {
        lock (_gate)
            return _drained ??= DrainAsync();
    }

    /// <summary>
    /// Drains the connections. 1. New connections are refused. 2. Every connection completes the messages that it has received, and closes. 3. Connections that do
    /// not finish in time are aborted, and their functions are cancelled. 4. Connections whose functions ignore the cancellation are stopped without waiting.
    /// </summary>
    private async Task DrainAsync()
    {
        drain.Begin();
        if (!directory.Parent.IsCompletedSuccessfully)
            return; // the start failed before any connection was possible

        var parent = await directory.Parent;
        log.Draining(directory.Count, settings.Shutdown.DrainTimeout);
        parent.Tell(ConnectionProtocol.Drain.Instance, ActorRefs.NoSender);
        var calls = app.Cluster.Client.DrainCallsAsync();
        if (await IsEmptyWithinAsync(settings.Shutdown.DrainTimeout))
        {
            // Functions that run for connections of other nodes get the same time.
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
