using Akka.Actor;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>
/// Looks for nodes and tells its parent which ones it has found: often until this node is a member, and then rarely, so that a second cluster is detected. One look
/// runs at a time.
/// </summary>
internal sealed class DiscoveryActor(IPikkuNodeDiscovery discovery, DiscoverySettings settings, PikkuLog log, TimeProvider clock) : UntypedActor, IWithTimers
{
    public const string Name = "discovery";

    private readonly global::Akka.Cluster.Cluster _cluster = global::Akka.Cluster.Cluster.Get(Context.System);
    private string? _failure;

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(IPikkuNodeDiscovery discovery, DiscoverySettings settings, PikkuLog log, TimeProvider clock) =>
        global::Akka.Actor.Props.Create(() => new DiscoveryActor(discovery, settings, log, clock));

    protected override void PreStart() => Look();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case JoinProtocol.Look: Look(); break;
            case JoinProtocol.Found found: OnFound(found); break;
            case JoinProtocol.NotFound failure: OnFailure(failure); break;
            default: Unhandled(message); break;
        }
    }

    private void Look()
    {
        var self = Self;
        _ = TellAsync();

        async Task TellAsync()
        {
            object outcome;
            try
            {
                outcome = new JoinProtocol.Found(await FindAsync());
            }
            catch (Exception e)
            {
                outcome = new JoinProtocol.NotFound(
                    e is OperationCanceledException or TimeoutException ? $"It took longer than pikku.cluster.discovery.timeout = {DurationText.Format(settings.Timeout)}." : e.Message);
            }

            self.Tell(outcome, ActorRefs.NoSender);
        }
    }

    // The code of the application may block before it returns a task, and it may ignore the token.
    private async Task<IReadOnlyCollection<string>> FindAsync()
    {
        using var timeout = new CancellationTokenSource(settings.Timeout, clock);
        var token = timeout.Token;
        return await Task.Run(() => discovery.FindAsync(token), token).WaitAsync(token);
    }

    private void OnFound(JoinProtocol.Found found)
    {
        // A name that is not a host and port could not be asked.
        if (found.Nodes.FirstOrDefault(node => !ClusterConfig.IsSeed(node)) is { } wrong)
        {
            OnFailure(new JoinProtocol.NotFound($"It found '{wrong}', which is not a host and a port such as 10.0.0.1:4053."));
            return;
        }

        if (_failure is not null)
            log.DiscoveryWorks();
        _failure = null;
        Context.Parent.Tell(found);
        LookLater();
    }

    private void OnFailure(JoinProtocol.NotFound failure)
    {
        // The same failure is logged once.
        if (_failure != failure.Reason)
            log.DiscoveryFails(failure.Reason);
        _failure = failure.Reason;
        Context.Parent.Tell(failure);
        LookLater();
    }

    private void LookLater()
    {
        var isMember = _cluster.State.Members.Any(member => member.UniqueAddress == _cluster.SelfUniqueAddress);
        Timers.StartSingleTimer(nameof(JoinProtocol.Look), JoinProtocol.Look.Instance, isMember ? SeedWatch.LongestPause : settings.Interval);
    }
}
