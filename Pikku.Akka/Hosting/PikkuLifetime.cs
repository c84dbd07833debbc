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
/// that comes earlier.
/// </remarks>
internal sealed class PikkuLifetime(
    // Before the actor system, as parameters are made in order: mistakes in settings and wiring end the start before there is one.
    PikkuApp app, ActorSystem system, DrainState drain, ConnectionDirectory directory, PikkuSettings settings, PikkuLog log, TimeProvider clock,
    PikkuPlan plan, ChannelAddresses addresses, IOptions<HostOptions> host, IOptions<HostFilteringOptions> hosts, IServer? server = null)
    : IHostedLifecycleService
{
    /// <summary>What cut-off connections get to end in: their functions are cancelled, and <c>onDisconnect</c> has yet to run.</summary>
    private static readonly TimeSpan AfterCutoff = TimeSpan.FromSeconds(1);

    /// <summary>What leaving the cluster and the end of the server may take after the drain.</summary>
    private static readonly TimeSpan AfterDrain = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new();
    private Task? _drained;
    private Task? _started;

    /// <summary>The longest that <see cref="DrainAsync"/> takes; in a cluster the calls of other nodes may follow the connections.</summary>
    public static TimeSpan LongestDrain(PikkuSettings settings) =>
        (settings.Cluster.IsOn ? 2 : 1) * settings.Shutdown.DrainTimeout + AfterCutoff;

    public Task StartingAsync(CancellationToken cancellationToken) => StartOnce().WaitAsync(cancellationToken);

    /// <summary>Starts the node, if nobody has done so before.</summary>
    /// <returns>Completes when the node may take connections.</returns>
    public Task StartOnce()
    {
        lock (_gate)
            return _started ??= Task.Run(StartNodeAsync);
    }

    private async Task StartNodeAsync()
    {
        app.HubClient.Begun();
        try
        {
            // Draining, leaving and Kestrel's own end must fit into what the host allows.
            var needed = LongestDrain(settings) + AfterDrain;
            if (host.Value.ShutdownTimeout < needed)
                host.Value.ShutdownTimeout = needed;
            CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseServiceRequestsDone, "pikku-drain", async () =>
            {
                await DrainOnce();
                return Done.Instance;
            });
            system.ActorOf(PikkuActor.Props(app), PikkuActor.Name);
            await StartActorsAsync();
            if (settings.Cluster.IsOn)
                await JoinAsync();
            app.HubClient.Admit();
        }
        catch (Exception e)
        {
            app.HubClient.Fail(e);
            throw;
        }
    }

    /// <exception cref="TimeoutException">One of them does not answer.</exception>
    private async Task StartActorsAsync()
    {
        try
        {
            await UnlessTerminated(directory.Parent.WaitAsync(settings.StartTimeout, clock));
            await UnlessTerminated(app.HubClient.Opened.WaitAsync(settings.StartTimeout, clock));
        }
        catch (TimeoutException)
        {
            throw new TimeoutException(
                $"The actors of the node did not start within pikku.start-timeout = {settings.StartTimeout}. The log of Akka may say why.");
        }
    }

    // An actor system that ends tells nobody who waits for one of its actors.
    private async Task UnlessTerminated(Task task)
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
            await UnlessTerminated(app.Cluster.HubLinks.Linked.WaitAsync(settings.Cluster.JoinTimeout, clock));
        }
        catch (TimeoutException)
        {
            var self = $"{settings.Cluster.Host}:{settings.Cluster.Port}";
            // None of the seeds is this node: it waits for one of them, however it may be called on this machine.
            var waits = settings.Cluster.Seeds.Contains(self)
                ? ""
                : $" This node calls itself {self}, which is none of the seeds; if one of them is meant to be this node, write it as pikku.cluster.host and pikku.cluster.port do.";
            throw new TimeoutException(
                $"The node was not linked with its cluster within pikku.cluster.join-timeout = {settings.Cluster.JoinTimeout}. Are the seeds "
                + $"({string.Join(", ", settings.Cluster.Seeds)}) running, and can they reach {self}?{waits}");
        }

        log.Joined();
        // A node that is told to leave drains at once: the others forget it when it has gone.
        _ = app.Cluster.Client.Leaving.ContinueWith(_ => DrainOnce(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => DrainOnce().WaitAsync(cancellationToken);

    // For hosts that do not know of the phase before.
    public Task StartAsync(CancellationToken cancellationToken) => StartOnce().WaitAsync(cancellationToken);

    /// <summary>Tells what there is, and what an operator or a developer may not have meant. Now, as routes may be mapped as late as the server starts.</summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        foreach (var warning in plan.Warnings)
            log.Warning(warning);
        var mapped = addresses.Read();
        var channels = string.Join(", ", app.Channels.Select(c => $"{c.Definition.Name} at {mapped.GetValueOrDefault(c.Definition.Name, c.Definition.Route)}"));
        // A worker of a cluster needs no server, and nobody connects to it.
        if (app.Channels.Count > 0 && !plan.IsMapped && server is not null)
            log.NotMapped(channels);
        else
            Serves(channels);
        return Task.CompletedTask;
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

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private Task DrainOnce()
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
        if (await IsEmptyWithin(settings.Shutdown.DrainTimeout))
        {
            // Functions that run for connections of other nodes have as long as those of this one.
            await Task.WhenAny(calls, Task.Delay(settings.Shutdown.DrainTimeout, clock), system.WhenTerminated);
            return;
        }

        log.DrainTimedOut(directory.Count, settings.Shutdown.DrainTimeout);
        foreach (var channel in directory.All)
            channel.Abort();
        if (!await IsEmptyWithin(AfterCutoff))
            system.Stop(parent);
    }

    private async Task<bool> IsEmptyWithin(TimeSpan timeout)
    {
        try
        {
            await directory.WhenEmpty().WaitAsync(timeout, clock);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
