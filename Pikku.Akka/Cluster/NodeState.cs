using Akka.Actor;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>
/// What a node knows of the others, and the requests that wait for them. It takes one message at a time and returns what is to be sent in
/// <see cref="Output"/>; time is a parameter. Not thread-safe: <see cref="NodeActor"/> owns it.
/// </summary>
/// <param name="settings">The timeouts.</param>
/// <param name="healthChanged">Makes it known how the other nodes are, before those who wait for a change are woken.</param>
/// <param name="peers">The other nodes by their incarnation. They outlive a restart of the actor: a request to all others must not go to nobody.</param>
internal sealed class NodeState(NodeSettings settings, Action<ClusterHealth> healthChanged, Dictionary<int, NodePeer> peers)
{
    /// <summary>How many signs of life fit into the time after which a node counts as silent: one of them may be late or lost.</summary>
    public const int SignsOfLife = 4;

    private readonly RequestIds _requests = new();
    private readonly Dictionary<RequestId, OpenRequest> _open = [];
    private TaskCompletionSource _worsened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ClusterHealth _health = ClusterHealth.None;
    private long _progressAt;

    /// <summary>What is to be sent, to which node. Whoever sends it clears the list.</summary>
    public List<(int Node, NodeFrame Message)> Output { get; } = [];

    public IReadOnlyDictionary<int, NodePeer> Peers => peers;

    /// <summary>Begins a life of the actor, with the nodes that an earlier one knew.</summary>
    public void Start()
    {
        healthChanged(_health);
        UpdateHealth();
    }

    /// <summary>Sends a message to a node; nothing happens when it has gone.</summary>
    public void Send(int node, NodeFrame message)
    {
        if (!peers.TryGetValue(node, out var peer))
            return;
        peer.Flow.Sent(message.Size);
        Output.Add((node, message));
    }

    /// <summary>Sends a request.</summary>
    /// <param name="node">The node; null for all.</param>
    /// <param name="message">The request.</param>
    /// <param name="wait">Whose answers are waited for.</param>
    /// <param name="done">Gets them.</param>
    /// <param name="now">The time in milliseconds.</param>
    public void Request(int? node, NodeFrame message, NodeWait wait, TaskCompletionSource<NodeAnswers> done, long now)
    {
        var id = _requests.Next();
        var request = new OpenRequest([.. node is { } one ? peers.Keys.Where(key => key == one) : peers.Keys], wait, done, now);
        _open.Add(id, request);
        foreach (var waiting in request.Waiting)
            Send(waiting, message with { Request = id });
        EndIfDone(id, request);
    }

    /// <summary>A message of another node has come. It is alive.</summary>
    public void Heard(Address address, long now)
    {
        foreach (var peer in peers.Values)
            if (peer.Address == address)
                peer.Heard(now);
        UpdateHealth();
    }

    /// <summary>A message of another node was handled: its sender learns it, sooner or later.</summary>
    public void Handled(Address address, NodeMessage message)
    {
        if (!NodeWindow.Counts(message))
            return;
        foreach (var (node, peer) in peers)
            if (peer.Address == address && peer.Flow.Handled(message.Size))
                Output.Add((node, peer.Flow.Progress()));
    }

    /// <summary>Another node says how far it has come.</summary>
    public void Progress(NodeMessage.Progress progress)
    {
        if (!peers.TryGetValue(progress.From, out var peer))
            return;
        peer.Flow.Receive(progress);
        peer.Window.Handled(progress.Received);
    }

    /// <summary>Another node has answered.</summary>
    public void Answered(Address address, NodeMessage.Answer answer)
    {
        if (!_open.TryGetValue(answer.Request, out var request))
            return; // too late, or of an earlier life
        foreach (var (node, peer) in peers)
            if (peer.Address == address && request.Waiting.Remove(node))
                request.Answers.Add(answer);
        EndIfDone(answer.Request, request);
    }

    /// <summary>A node is a member, or its status has changed.</summary>
    /// <param name="node">The incarnation of the node.</param>
    /// <param name="isUp">True while it is a full member.</param>
    /// <param name="newPeer">Makes the peer of a node that was not known.</param>
    public void Member(int node, bool isUp, Func<NodePeer> newPeer)
    {
        if (!peers.TryGetValue(node, out var peer))
            peers.Add(node, peer = newPeer());
        peer.IsUp = isUp;
        UpdateHealth();
    }

    /// <summary>A node is not a member any more: nobody waits for it.</summary>
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

    /// <summary>Sends signs of life when they are due, and ends the requests that nobody answered.</summary>
    /// <param name="now">The time in milliseconds.</param>
    /// <param name="interval">How often this is called.</param>
    /// <returns>For each request that has timed out, the nodes that did not answer.</returns>
    public IReadOnlyList<string> Tick(long now, TimeSpan interval)
    {
        // The nearest tick, and not the one after it.
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

    /// <summary>Fails all open requests: whoever comes next does not know them.</summary>
    public void Stop(Exception reason)
    {
        foreach (var request in _open.Values)
            request.Done.TrySetException(reason);
        _worsened.TrySetResult();
    }

    // Nobody waits for a node that has become silent, except those who must.
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
        var worsened = _worsened;
        if (responsive < _health.Responsive)
            _worsened = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _health = new ClusterHealth(up, responsive, _worsened.Task);
        healthChanged(_health);
        if (worsened != _worsened)
            worsened.TrySetResult();
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
