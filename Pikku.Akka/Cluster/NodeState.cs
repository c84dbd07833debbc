using Akka.Actor;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>
/// The state of the other nodes, and the open requests to them. Each method handles one message and adds the messages to send to <see cref="Output"/>; the
/// current time is a parameter. Not thread-safe: <see cref="NodeActor"/> owns it.
/// </summary>
/// <param name="settings">The timeouts.</param>
/// <param name="healthChanged">Publishes the health of the other nodes. It is called before the callers that wait for a change continue.</param>
/// <param name="peers">The other nodes by incarnation. The dictionary outlives a restart of the actor, so that a request to all nodes still reaches them.</param>
internal sealed class NodeState(NodeSettings settings, Action<ClusterHealth> healthChanged, Dictionary<int, NodePeer> peers)
{
    /// <summary>The number of signs of life within <c>pikku.cluster.silent-after</c>. It is greater than one because a sign of life may be late or lost.</summary>
    public const int SignsOfLife = 4;

    private readonly RequestIds _requests = new();
    private readonly Dictionary<RequestId, OpenRequest> _open = [];
    private ClusterHealth _health = ClusterHealth.None;
    private long _progressAt;

    /// <summary>The messages to send, in this order. The sender clears the list.</summary>
    public List<(int Node, NodeFrame Message)> Output { get; } = [];

    public IReadOnlyDictionary<int, NodePeer> Peers => peers;

    /// <summary>Begins a life of the actor with the nodes that the previous life knew.</summary>
    public void Start()
    {
        healthChanged(_health);
        UpdateHealth();
    }

    /// <summary>Sends a message to a node; does nothing when the node has left.</summary>
    public void Send(int node, NodeFrame message)
    {
        if (!peers.TryGetValue(node, out var peer))
            return;
        peer.Flow.Sent(message.Size);
        Output.Add((node, message));
    }

    /// <summary>Sends a request.</summary>
    /// <param name="node">The node; null for all nodes.</param>
    /// <param name="message">The request.</param>
    /// <param name="wait">The nodes whose answers are waited for.</param>
    /// <param name="done">Receives the answers.</param>
    /// <param name="now">The current time in milliseconds.</param>
    public void Request(int? node, NodeFrame message, NodeWait wait, TaskCompletionSource<NodeAnswers> done, long now)
    {
        var id = _requests.Next();
        var request = new OpenRequest([.. node is { } one ? peers.Keys.Where(key => key == one) : peers.Keys], wait, done, now);
        _open.Add(id, request);
        foreach (var waiting in request.Waiting)
            Send(waiting, message with { Request = id });
        EndIfDone(id, request);
    }

    /// <summary>The incarnation of the node with this address; null when it is not known.</summary>
    public int? NodeAt(Address address)
    {
        foreach (var (node, peer) in peers)
            if (peer.Address == address)
                return node;
        return null;
    }

    /// <summary>Records a sign of life: a message of another node was received.</summary>
    public void Heard(Address address, long now)
    {
        foreach (var peer in peers.Values)
            if (peer.Address == address)
                peer.Heard(now);
        UpdateHealth();
    }

    /// <summary>Counts a message of another node that was handled. The sender receives the count when enough bytes are handled, or with the next sign of life.</summary>
    public void Handled(Address address, NodeMessage message)
    {
        if (!NodeWindow.Counts(message))
            return;
        foreach (var (node, peer) in peers)
            if (peer.Address == address && peer.Flow.Handled(message.Size))
                Output.Add((node, peer.Flow.Progress()));
    }

    /// <summary>Handles the report of another node about the bytes that it has sent and handled.</summary>
    public void Progress(NodeMessage.Progress progress)
    {
        if (!peers.TryGetValue(progress.From, out var peer))
            return;
        peer.Flow.Receive(progress);
        peer.Window.Handled(progress.Received);
    }

    /// <summary>Handles an answer of another node.</summary>
    public void Answered(Address address, NodeMessage.Answer answer)
    {
        if (!_open.TryGetValue(answer.Request, out var request))
            return; // the request has timed out, or belongs to an earlier life of the actor
        foreach (var (node, peer) in peers)
            if (peer.Address == address && request.Waiting.Remove(node))
                request.Answers.Add(answer);
        EndIfDone(answer.Request, request);
    }

    /// <summary>Adds a member or updates its status.</summary>
    /// <param name="node">The incarnation of the node.</param>
    /// <param name="isUp">True while the status of the node is Up.</param>
    /// <param name="newPeer">Creates the state of a node that is not known yet.</param>
    public void Member(int node, bool isUp, Func<NodePeer> newPeer)
    {
        if (!peers.TryGetValue(node, out var peer))
            peers.Add(node, peer = newPeer());
        peer.IsUp = isUp;
        UpdateHealth();
    }

    /// <summary>Removes a node that is not a member any more. Requests do not wait for it any longer.</summary>
    public void Removed(int node)
    {
        if (!peers.Remove(node, out var gone))
            return;
        gone.Window.Close();
        foreach (var (id, request) in _open.ToArray())
            if (request.Waiting.Remove(node))
                EndIfDone(id, request);
        UpdateHealth();
    }

    public void Reachable(int node, bool isReachable, long now)
    {
        if (!peers.TryGetValue(node, out var peer))
            return;
        peer.IsReachable = isReachable;
        Update(now);
    }

    public void LinkBroken(Address address, long now)
    {
        foreach (var peer in peers.Values)
            if (peer.Address == address)
                peer.LinkBroken();
        Update(now);
    }

    /// <summary>Sends signs of life when they are due, and ends the requests that have timed out.</summary>
    /// <param name="now">The current time in milliseconds.</param>
    /// <param name="interval">The interval between calls of this method.</param>
    /// <returns>For each request that has timed out, the nodes that did not answer.</returns>
    public IReadOnlyList<string> Tick(long now, TimeSpan interval)
    {
        // Half an interval is subtracted, so that the nearest tick sends the sign of life and not the tick after it.
        if (now - _progressAt >= (settings.SilentAfter / SignsOfLife - interval / 2).TotalMilliseconds)
        {
            _progressAt = now;
            foreach (var (node, peer) in peers)
                Output.Add((node, peer.Flow.Progress()));
        }

        Update(now);
        List<string>? late = null;
        foreach (var (id, request) in _open.ToArray())
        {
            if (now - request.Since < settings.RequestTimeout.TotalMilliseconds)
                continue;
            (late ??= []).Add(string.Join(", ", MissingOf(request)));
            End(id, request);
        }

        return late ?? (IReadOnlyList<string>)[];
    }

    /// <summary>Fails all open requests, because the next life of the actor does not know them.</summary>
    public void Stop(Exception reason)
    {
        foreach (var request in _open.Values)
            request.Done.TrySetException(reason);
    }

    // A node that has become silent ends the requests that only wait for responsive nodes.
    private void Update(long now)
    {
        foreach (var peer in peers.Values)
            peer.Update(now, settings.SilentAfter);
        UpdateHealth();
        foreach (var (id, request) in _open.ToArray())
            EndIfDone(id, request);
    }

    private void UpdateHealth()
    {
        var (up, responsive) = (0, 0);
        foreach (var peer in peers.Values)
        {
            up += peer.IsUp ? 1 : 0;
            responsive += peer is { IsUp: true, IsResponsive: true } ? 1 : 0;
        }

        if (up == _health.Count && responsive == _health.Responsive)
            return;
        _health = new ClusterHealth(up, responsive);
        healthChanged(_health);
    }

    private void EndIfDone(RequestId id, OpenRequest request)
    {
        if (request.Wait == NodeWait.All ? request.Waiting.Count == 0 : !request.Waiting.Any(node => peers[node].IsResponsive))
            End(id, request);
    }

    private void End(RequestId id, OpenRequest request)
    {
        _open.Remove(id);
        request.Done.TrySetResult(new NodeAnswers(request.Answers, MissingOf(request)));
    }

    private string[] MissingOf(OpenRequest request) => [.. request.Waiting.Select(node => peers[node].Name)];
}
