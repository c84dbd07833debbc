using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Akka.Remote;
using Pikku.Akka.EventHub;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Nodes;

/// <summary>Speaks for this node with the others: knows who they are, tells and asks them, and answers what they ask.</summary>
internal sealed class NodeActor : UntypedActor, IWithTimers
{
    public const string Name = "node";

    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(100);

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly Dictionary<int, (Member Member, IActorRef Actor)> _nodes = [];
    private readonly Dictionary<long, Question> _open = [];
    private readonly NodeSettings _settings;
    private readonly NodeDuties _duties;
    private readonly NodeLink _link;
    private long _requests;

    public NodeActor(NodeSettings settings, NodeDuties duties, NodeLink link)
    {
        _settings = settings;
        _duties = duties;
        _link = link;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(NodeSettings settings, NodeDuties duties, NodeLink link) =>
        global::Akka.Actor.Props.Create<NodeActor>(settings, duties, link);

    protected override void PreStart()
    {
        _link.Open(Self, _cluster.SelfUniqueAddress.Uid);
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));
        Context.System.EventStream.Subscribe(Self, typeof(ThisActorSystemQuarantinedEvent));
        Timers.StartPeriodicTimer(nameof(NodeProtocol.Tick), NodeProtocol.Tick.Instance, TickInterval);
        // Who knows of no other begins a cluster.
        if (_settings.Seeds.Count == 0)
            _cluster.Join(_cluster.SelfAddress);
    }

    protected override void PostStop()
    {
        _cluster.Unsubscribe(Self);
        foreach (var question in _open.Values)
            question.Fail("The node stops.");
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case NodeProtocol.Tell tell: Actor(tell.Node)?.Tell(tell.Message, Self); break;
            case NodeProtocol.Ask ask: OnAsk(ask); break;
            case NodeProtocol.Tick: OnTick(); break;
            case NodeMessage.Answer answer: OnAnswer(answer); break;
            case NodeMessage.Deliver deliver: _duties.Deliver(deliver.Message); break;
            case NodeMessage.CloseChannel close: _duties.Close(close.ChannelId, close.Code, close.Reason); break;
            case NodeMessage request: OnRequest(request); break;
            case ClusterEvent.MemberRemoved removed: OnRemoved(removed.Member); break;
            case ClusterEvent.IMemberEvent changed: OnMember(changed.Member); break;
            case ThisActorSystemQuarantinedEvent quarantined: OnQuarantined(quarantined.RemoteAddress); break;
            default: Unhandled(message); break;
        }
    }

    private IActorRef? Actor(int node) => _nodes.TryGetValue(node, out var known) ? known.Actor : null;

    private void OnMember(Member member)
    {
        if (member.UniqueAddress != _cluster.SelfUniqueAddress)
        {
            _nodes[member.UniqueAddress.Uid] = (member, NodePath.Resolve(Context.System, member.Address, Name));
        }
        else if (member.Status is MemberStatus.Leaving or MemberStatus.Exiting or MemberStatus.Down)
        {
            // The others forget what this node listens to as soon as it is gone: whoever is connected must leave before.
            _link.Leave();
        }
    }

    private void OnRemoved(Member member)
    {
        var node = member.UniqueAddress.Uid;
        _nodes.Remove(node);
        foreach (var (id, question) in _open.ToArray())
            if (question.Waiting.Remove(node))
                EndIfDone(id, question);
    }

    private void OnAsk(NodeProtocol.Ask ask)
    {
        var id = ++_requests;
        var asked = ask.Node is { } one ? _nodes.Keys.Where(node => node == one) : _nodes.Keys;
        var question = new Question([.. asked], ask.Done, Environment.TickCount64);
        _open.Add(id, question);
        foreach (var node in question.Waiting)
            _nodes[node].Actor.Tell(ask.Message with { Request = id }, Self);
        EndIfDone(id, question);
    }

    private void OnAnswer(NodeMessage.Answer answer)
    {
        if (!_open.TryGetValue(answer.Request, out var question))
            return; // too late
        foreach (var (node, known) in _nodes)
            if (known.Member.Address == Sender.Path.Address && question.Waiting.Remove(node))
                question.Answers.Add(answer);
        EndIfDone(answer.Request, question);
    }

    private void EndIfDone(long id, Question question)
    {
        if (question.Waiting.Count > 0)
            return;
        _open.Remove(id);
        question.Done.TrySetResult(question.Answers);
    }

    private void OnTick()
    {
        foreach (var (id, question) in _open.ToArray())
        {
            if (Environment.TickCount64 - question.AskedAt < _settings.RequestTimeout.TotalMilliseconds)
                continue;
            _open.Remove(id);
            var late = string.Join(", ", question.Waiting.Select(node => _nodes.TryGetValue(node, out var known) ? NodeName.Of(known.Member.Address) : "a node that has gone"));
            _log.Warning("No answer of {Nodes} within {Timeout}", late, _settings.RequestTimeout);
            question.Fail($"No answer of {late} within {_settings.RequestTimeout}.");
        }
    }

    // Another node has put this one out and will never speak with it again. Only a new incarnation is let in: the process ends, so that it
    // can be started anew.
    private void OnQuarantined(Address by)
    {
        _log.Error("{Node} has put this node out of the cluster; it stops", NodeName.Of(by));
        CoordinatedShutdown.Get(Context.System).Run(CoordinatedShutdown.ClusterDowningReason.Instance);
    }

    private void OnRequest(NodeMessage request)
    {
        var (asker, self) = (Sender, Self);
        _duties.DoAsync(request).PipeTo(asker, self, success: answer => answer with { Request = request.Request });
    }

    private sealed record Question(HashSet<int> Waiting, TaskCompletionSource<IReadOnlyList<NodeMessage.Answer>> Done, long AskedAt)
    {
        public List<NodeMessage.Answer> Answers { get; } = [];

        public void Fail(string why) => Done.TrySetException(new TimeoutException(why));
    }
}
