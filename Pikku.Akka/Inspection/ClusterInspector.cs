using System.Runtime.CompilerServices;
using System.Text.Json;
using Pikku.Akka.Cluster;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Inspection;

/// <summary>
/// Asks the inspectors of all nodes. Each node has a deadline of its own, so that a node that hangs is missing in an answer and delays no other node. While somebody watches, each
/// node is asked at a regular interval; a node that has not answered is not asked again before. Thread-safe.
/// </summary>
internal sealed class ClusterInspector(
    ClusterView view, ClusterClient client, NodeRequestHandler here, ConsoleSettings settings, TimeProvider clock, BackgroundTasks background)
{
    private static readonly string s_overview = InspectionJson.Write(new Question(QuestionKind.Overview));

    private readonly Lock _gate = new();
    private readonly Dictionary<int, Watched> _nodes = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenSource? _polling;
    private int _watchers;

    /// <summary>True while somebody watches.</summary>
    public bool IsPolling
    {
        get
        {
            lock (_gate)
                return _polling is not null;
        }
    }

    /// <summary>Asks all nodes, and completes when each of them has answered or is late.</summary>
    /// <param name="question">The question.</param>
    public async Task<IReadOnlyList<NodeAnswer<T>>> AskAsync<T>(Question question)
    {
        var text = InspectionJson.Write(question);
        return await Task.WhenAll(view.Members().Select(async node =>
            await AskAsync(node, text) is { } answer
                ? new NodeAnswer<T>(node, JsonSerializer.Deserialize<T>(answer, InspectionJson.Options), true)
                : new NodeAnswer<T>(node, default, false)));
    }

    /// <summary>Drains a node.</summary>
    /// <returns>False when there is no such node, or when it did not answer in time.</returns>
    public async Task<bool> DrainAsync(string node)
    {
        return view.Members().FirstOrDefault(member => member.Name == node) is { } member
            && await WithinAsync(SendAsync(member, new NodeMessage.DrainNode())) is not null;
    }

    /// <summary>The state of all nodes, again and again. A reader that is slow gets the latest state and not all of them.</summary>
    public async IAsyncEnumerable<ClusterPicture> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Enter();
        try
        {
            while (true)
            {
                ClusterPicture picture;
                Task changed;
                lock (_gate)
                    (picture, changed) = (Picture(), _changed.Task);
                yield return picture;
                await changed.WaitAsync(cancellationToken);
            }
        }
        finally
        {
            Leave();
        }
    }

    private void Enter()
    {
        lock (_gate)
        {
            if (++_watchers > 1)
                return;
            _nodes.Clear();
            _polling = new CancellationTokenSource();
            Tick();
            background.Observe(PollAsync(_polling.Token), "Watching the nodes for the console");
        }
    }

    private void Leave()
    {
        lock (_gate)
        {
            if (--_watchers > 0)
                return;
            _polling!.Cancel();
            _polling.Dispose();
            _polling = null;
        }
    }

    private async Task PollAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(settings.RefreshInterval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                lock (_gate)
                {
                    if (stop.IsCancellationRequested)
                        return;
                    Tick();
                    Changed();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody watches any more.
        }
    }

    // Called within the lock.
    private void Tick()
    {
        var members = view.Members();
        foreach (var gone in _nodes.Keys.Except(members.Select(member => member.Id)).ToList())
            _nodes.Remove(gone);
        foreach (var member in members)
        {
            if (!_nodes.TryGetValue(member.Id, out var node))
                _nodes.Add(member.Id, node = new Watched(member, clock.GetTimestamp()));
            node.Member = member;
            if (node.IsAsked)
                continue;
            node.IsAsked = true;
            background.Observe(RefreshAsync(node), "Asking a node for the console");
        }
    }

    private async Task RefreshAsync(Watched node)
    {
        NodeOverview? overview = null;
        try
        {
            // The node is asked again only when the question before has ended, which may be long after the deadline of a person who waits.
            if (await SendAsync(node.Member, new NodeMessage.Inspect(s_overview)) is { } answer)
                overview = InspectionJson.Read<NodeOverview>(answer);
        }
        finally
        {
            lock (_gate)
            {
                node.IsAsked = false;
                if (overview is not null)
                {
                    var isFirst = node.Overview is null;
                    (node.Overview, node.At) = (overview, clock.GetTimestamp());
                    if (isFirst)
                        Changed();
                }
            }
        }
    }

    private void Changed()
    {
        var changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }

    private ClusterPicture Picture()
    {
        var nodes = _nodes.Values.OrderBy(node => node.Member.Name, StringComparer.Ordinal).Select(node =>
        {
            var age = clock.GetElapsedTime(node.At);
            return new NodePicture(
                node.Member.Name, node.Member.Status, node.Member.Roles, node.Member.IsReachable, node.Member.IsSelf, node.Overview is null ? null : (long)age.TotalMilliseconds,
                age > settings.NodeTimeout + settings.RefreshInterval, node.Overview);
        }).ToArray();
        return new ClusterPicture(nodes.FirstOrDefault(node => node.IsSelf)?.Node ?? "", nodes);
    }

    private Task<string?> AskAsync(NodeMember node, string question) => WithinAsync(SendAsync(node, new NodeMessage.Inspect(question)));

    private async Task<string?> WithinAsync(Task<string?> answer)
    {
        try
        {
            await background.WaitAsync((Task)answer, "A question of an operator to a node", settings.NodeTimeout, clock);
            return await answer;
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    // Null when the node does not answer. The wait for another node ends after pikku.cluster.request-timeout at the latest.
    private async Task<string?> SendAsync(NodeMember node, NodeMessage message)
    {
        try
        {
            var answer = node.IsSelf ? await Task.Run(() => here.HandleAsync(message)) : await client.RequestNodeAsync(node.Id, message);
            return answer is { Error: null } ? answer.Text : null;
        }
        catch (Exception e) when (e is TimeoutException or EventHubException)
        {
            return null;
        }
    }

    private sealed class Watched(NodeMember member, long at)
    {
        public NodeMember Member { get; set; } = member;

        public NodeOverview? Overview { get; set; }

        /// <summary>When the overview arrived, or since when the first one is waited for.</summary>
        public long At { get; set; } = at;

        public bool IsAsked { get; set; }
    }
}
