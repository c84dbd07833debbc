using Akka.Actor;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>
/// Joins the cluster when the node starts, or forms a new one. <see cref="ClusterSearch"/> decides. Akka's own seed process is not used, because it asks only the
/// seeds, and because its first seed always forms a cluster when none of them answers in time. The actor stops when the node is a member.
/// </summary>
internal sealed class JoinActor : UntypedActor, IWithTimers
{
    public const string Name = "join";

    /// <summary>Short compared with the time that a node takes to start, and rare enough to cost nothing.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly global::Akka.Cluster.Cluster _cluster = global::Akka.Cluster.Cluster.Get(Context.System);
    private readonly NodeEncoder _encoder = NodeEncoder.Of(Context.System);
    private readonly ClusterClient _client;
    private readonly PikkuLog _log;
    private readonly TimeProvider _clock;
    private readonly string? _file;
    private readonly ClusterSearch _search;
    private IReadOnlyList<string> _joining = [];
    private bool _isReported;

    public JoinActor(
        IReadOnlyList<string> seeds, IReadOnlyList<string> remembered, string? file, DiscoverySettings? discovery, ClusterClient client, PikkuLog log, TimeProvider clock)
    {
        _client = client;
        _log = log;
        _clock = clock;
        _file = file;
        _search = new ClusterSearch(NodeName.Of(_cluster.SelfAddress), seeds, remembered, _cluster.Settings.SeedNodeTimeout, Now, discovery);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private long Now => _clock.GetMilliseconds();

    /// <param name="seeds">The setting <c>pikku.cluster.seeds</c>.</param>
    /// <param name="remembered">The members of the previous life of this node.</param>
    /// <param name="file">The file that contains them; null when there is none.</param>
    /// <param name="discovery">The settings of the discovery, whose results the actor receives; null when there is none.</param>
    /// <param name="client">Receives the reason why the node waits.</param>
    /// <param name="log">Receives it as well.</param>
    /// <param name="clock">Measures the wait.</param>
    public static Props Props(
        IReadOnlyList<string> seeds, IReadOnlyList<string> remembered, string? file, DiscoverySettings? discovery, ClusterClient client, PikkuLog log, TimeProvider clock) =>
        global::Akka.Actor.Props.Create(() => new JoinActor(seeds, remembered, file, discovery, client, log, clock));

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(nameof(JoinProtocol.Search), JoinProtocol.Search.Instance, Interval);
        Search();
    }

    protected override void PostStop() => _client.Waits = null;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case JoinProtocol.Search: Search(); break;
            case JoinProtocol.Heard heard: _search.Heard(heard.Node, Now); break;
            case JoinProtocol.Found found: _search.Found(found.Nodes, Now); break;
            case JoinProtocol.NotFound failure: _search.NotFound(failure.Reason); break;
            case NodeMessage.Greeting greeting:
                _search.Answered(NodeName.Of(Sender.Path.Address), greeting.Members, Now);
                Decide();
                break;
            default: Unhandled(message); break;
        }
    }

    private void Search()
    {
        if (_cluster.State.Members.Any(member => member.UniqueAddress == _cluster.SelfUniqueAddress))
        {
            Context.Stop(Self);
            return;
        }

        // A greeting without members comes from a node that has no cluster.
        var question = new NodeMessage.Greeting(true, []);
        foreach (var node in _search.Contacts)
            NodePath.Resolve(Context.System, NodeName.AddressOf(node, _cluster.SelfAddress), NodeActor.Name).Tell(_encoder.Encode(question), Self);
        Decide();
    }

    private void Decide()
    {
        var choice = _search.Decide(Now);
        if (choice.FormsCluster)
        {
            _cluster.Join(_cluster.SelfAddress);
        }
        else if (choice.Nodes.Count > 0 && !choice.Nodes.SequenceEqual(_joining))
        {
            _joining = choice.Nodes;
            // This node is not among them, so Akka asks them until one of them accepts, and never forms a cluster.
            _cluster.JoinSeedNodes(choice.Nodes.Select(node => NodeName.AddressOf(node, _cluster.SelfAddress)));
        }

        Report(choice == ClusterChoice.Wait ? _search.Problem(Now, _file) : null);
    }

    private void Report(string? problem)
    {
        _client.Waits = problem;
        if (problem is null || _isReported)
            return;
        _isReported = true;
        _log.WaitsForCluster(problem);
    }
}
