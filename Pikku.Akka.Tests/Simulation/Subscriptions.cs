using Pikku.Akka.Replication;

namespace Pikku.Akka.Tests.Simulation;

/// <summary>The server side of resume at one node: subscribe, wait, replay, snapshot, live events and refresh, as the lane's actor and the connections do it.</summary>
internal sealed class Subscriptions(SimulatedCluster cluster, SimulatedNode node, Random random)
{
    private readonly Dictionary<string, List<Connection>> _subscribers = [];
    private readonly List<Waiting> _waiting = [];
    private bool _hasChanged;

    private LaneHistory History => node.Lane.History;

    /// <summary>Hands an event to the subscribers.</summary>
    public int Deliver(SimulatedEvent content, bool isCurrent)
    {
        _hasChanged = true;
        if (!_subscribers.TryGetValue(content.Topic, out var subscribers))
            return 0;
        subscribers.RemoveAll(static connection => !connection.IsAlive);
        foreach (var connection in subscribers)
            Send(connection, content, isCurrent);
        return subscribers.Count;
    }

    /// <summary>Sends the position of a topic to its subscribers.</summary>
    public void Refresh(string topic, bool isExcused = false)
    {
        foreach (var connection in _subscribers.GetValueOrDefault(topic, []).ToList())
        {
            if (isExcused)
                connection.Client.ExcuseHole();
            Refresh(connection);
        }
    }

    /// <summary>Sends the positions of all topics to their subscribers, as every node does several times within the lifetime of a position.</summary>
    public void RefreshAll()
    {
        foreach (var topic in _subscribers.Keys.ToList())
            Refresh(topic);
    }

    public void Subscribe(Connection connection, int request, string? since)
    {
        if (!connection.IsAlive)
            return;
        if (!node.IsReady)
        {
            connection.Client.Lose(connection);
            return;
        }

        Unsubscribe(connection);
        if (since is null)
        {
            LoadSnapshot(connection, request, "none");
            return;
        }

        if (!Position.TryParse(since, out var position))
            throw new Violation($"a position can't be read: {since}");
        var verdict = Judge(connection.Client.Topic, position);
        if (verdict.Kind == VerdictKind.Wait)
            _waiting.Add(new Waiting(connection, request, position, cluster.Scheduler.Now + Scheduler.Milliseconds(Scale.Wait)));
        else
            Answer(connection, request, position, verdict);
    }

    /// <summary>Judges those that wait again, if an event was delivered since they were judged last.</summary>
    public void RetryChanged()
    {
        if (_hasChanged)
            Retry();
    }

    /// <summary>Judges those that wait again.</summary>
    public void Retry()
    {
        _hasChanged = false;
        if (_waiting.Count == 0)
            return;
        var waiting = _waiting.ToList();
        _waiting.Clear();
        foreach (var one in waiting)
        {
            if (!one.Connection.IsAlive)
                continue;
            var verdict = Judge(one.Connection.Client.Topic, one.Since);
            if (verdict.Kind != VerdictKind.Wait)
                Answer(one.Connection, one.Request, one.Since, verdict);
            else if (cluster.Scheduler.Now < one.Until)
                _waiting.Add(one);
            else
                Answer(one.Connection, one.Request, one.Since, Verdict.Lost(LossReason.Unknown));
        }
    }

    private Verdict Judge(string topic, Position since, long? takenAt = null) => cluster.Mutator.Judge(node, topic, since, takenAt);

    private void Answer(Connection connection, int request, Position since, Verdict verdict)
    {
        cluster.Judge.Answered(node, connection.Client, since, verdict);
        if (verdict.Kind == VerdictKind.Lost)
            LoadSnapshot(connection, request, "lost");
        else
            Follow(connection, request, "complete", verdict, null);
    }

    // The position is taken before the state is loaded, and what lies behind it follows the state.
    private void LoadSnapshot(Connection connection, int request, string recovery)
    {
        var topic = connection.Client.Topic;
        var isLate = cluster.Mutator.Is(Mutation.SnapshotFirst);
        var position = isLate ? null : History.PositionOf(topic);
        var (early, takenAt) = (isLate ? Load(topic) : null, History.Now);
        if (topic == Scale.Keyed)
        {
            Loaded();
            return;
        }

        node.RunAfter(random.Uniform(0, 1.5), Loaded);

        void Loaded()
        {
            if (!connection.IsAlive)
                return;
            var verdict = Judge(topic, position ?? History.PositionOf(topic), takenAt);
            if (verdict.Kind == VerdictKind.Complete)
                Follow(connection, request, recovery, verdict, early ?? Load(topic));
            else
                node.RunAfter(.5, () => LoadSnapshot(connection, request, recovery));
        }
    }

    // The application commits before it publishes, so its state has every event that was published.
    private Snapshot Load(string topic) => new(
        cluster.Load.LastUid,
        topic != Scale.Keyed || History.Find(topic)?.Entries is not { } entries ? [] : entries
            .Where(static entry => entry.Value.Value is not null)
            .ToDictionary(static entry => entry.Key, static entry => SimulatedValue.Read(entry.Value.Value)));

    // The reply, what lies behind its position, then live: nothing comes between.
    private void Follow(Connection connection, int request, string recovery, Verdict verdict, Snapshot? snapshot)
    {
        if (!connection.IsAlive)
            return;
        var topic = connection.Client.Topic;
        var position = (cluster.Mutator.Is(Mutation.EarlyEnd) ? History.PositionOf(topic) : verdict.Start!).ToString();
        cluster.Tracer.Step('r', node.Id, request, verdict.Replay.Count);
        if (cluster.Tracer.IsText)
            cluster.Tracer.Line($"{node} answers {connection.Client}: {recovery}, {verdict.Replay.Count} events from {position}");
        connection.Send(client => client.OnReply(request, recovery, position, snapshot));
        foreach (var content in verdict.Replay.Cast<SimulatedEvent>())
            connection.SendEvent(content, cluster.Mutator.Is(Mutation.ReplayLosers) || History.Find(topic)!.IsCurrent(content));
        cluster.Statistics.Count("replayed", verdict.Replay.Count);
        if (!_subscribers.TryGetValue(topic, out var subscribers))
            _subscribers[topic] = subscribers = [];
        if (!subscribers.Contains(connection))
            subscribers.Add(connection);
    }

    private void Send(Connection connection, SimulatedEvent content, bool isCurrent)
    {
        var now = cluster.Scheduler.Now;
        if (connection.FullUntil <= now && cluster.Scheduler.Seconds < Scale.FaultsEnd + 60 && random.Chance(.006))
        {
            // The outbox is full for some time. It sends the position as soon as it has room.
            var seconds = random.Chance(.5) ? 0 : random.Uniform(0, 3);
            connection.FullUntil = now + Scheduler.Milliseconds(seconds) + 1;
            if (!cluster.Mutator.Is(Mutation.NoRefresh))
                node.RunAfter(seconds + .2, () => Refresh(connection));
        }

        if (connection.FullUntil > now)
        {
            connection.Client.ExcuseHole();
            cluster.Statistics.Count("events dropped by outboxes");
            return;
        }

        connection.SendEvent(content, isCurrent);
    }

    private void Refresh(Connection connection)
    {
        var topic = connection.Client.Topic;
        if (!connection.IsAlive || !_subscribers.GetValueOrDefault(topic, []).Contains(connection))
            return;
        var position = History.PositionOf(topic).ToString();
        connection.Send(client => client.OnRefresh(position));
    }

    private void Unsubscribe(Connection connection) => _subscribers.GetValueOrDefault(connection.Client.Topic)?.Remove(connection);

    private sealed record Waiting(Connection Connection, int Request, Position Since, long Until);
}
