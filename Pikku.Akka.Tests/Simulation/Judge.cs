using Pikku.Akka.Replication;

namespace Pikku.Akka.Tests.Simulation;

/// <summary>Knows everything that happens at once, which no node does, and checks the guarantees after every step and at the end.</summary>
internal sealed class Judge(SimulatedCluster cluster)
{
    private readonly Dictionary<(Origin, string, long), SimulatedEvent> _events = [];
    private readonly HashSet<int> _everywhere = [];
    private readonly HashSet<Origin> _histories = [];
    private readonly List<(SimulatedEvent Event, int Witness)> _replicated = [];
    private readonly Dictionary<long, Knowledge> _copies = [];
    private readonly HashSet<(int Node, int Uid)> _unnumbered = [];

    public static void Check(bool isTrue, string rule)
    {
        if (!isTrue)
            throw new Violation(rule);
    }

    public void Published(SimulatedNode node, SimulatedEvent content, long number)
    {
        Check(_events.TryAdd((content.Origin, content.Topic, number), content), "a number was given twice");
        cluster.Statistics.Count("events");
        if (content.Write is { Stamp.Removal: 0 } write && node.Lane.History.Find(content.Topic)?.Entries?.GetValueOrDefault(write.Key) is { } known)
            Check(write.Stamp > known.Stamp, "a write that knew of another one lost against it");
    }

    /// <summary>The last clear of a user's session that a node has received, whether it remembers it or not; default for none.</summary>
    public Stamp ClearKnownTo(SimulatedNode node, string user) => _events.Values
        .Where(content => content.Topic == Scale.Store && content.Write is { Value: null } write && write.Key == user && node.Knowledge.Has(content))
        .Select(static content => content.Write!.Stamp).DefaultIfEmpty().Max();

    /// <param name="node">The node that delivers.</param>
    /// <param name="content">The event.</param>
    /// <param name="isCopied">True when the event comes by a copy that closes a gap: the subscribers see the hole before it.</param>
    public void Delivered(SimulatedNode node, SimulatedEvent content, bool isCopied)
    {
        if (content.Number == 0)
        {
            Check(_unnumbered.Add((node.Id, content.Uid)), "an event without a number was delivered twice");
            return;
        }

        var known = node.Knowledge[content.Topic, content.Origin];
        Check(content.Number > known, "a node delivered an event twice");
        // A node that begins a history knows nothing of the one before it, of which the last batches of dead nodes may still arrive.
        Check(isCopied || known == content.Previous || (known == 0 && content.History != node.Lane.History.History), "a node skipped an event");
        node.Knowledge[content.Topic, content.Origin] = content.Number;
        foreach (var other in cluster.Nodes)
        {
            if (other.IsUp && !other.Knowledge.Has(content))
                return;
        }

        _everywhere.Add(content.Uid);
    }

    public void Replicated(SimulatedEvent content, int witness) => _replicated.Add((content, witness));

    /// <summary>Notes what a node knows at the moment at which it hands out the first part of a copy.</summary>
    public void Picture(SimulatedNode source, long copy) => _copies.TryAdd(copy, source.Knowledge.Clone());

    public Knowledge CopiedKnowledge(long copy) => _copies[copy];

    public void BecameReady(SimulatedNode node)
    {
        _histories.Add(node.Lane.History.History);
        if (cluster.Tracer.IsText)
            cluster.Tracer.Line($"{node} is ready");
    }

    /// <summary>Counts an answer to a resume, and finds out whether a loss could have been avoided.</summary>
    public void Answered(SimulatedNode node, SimulatedClient client, Position since, Verdict verdict)
    {
        if (verdict.Kind == VerdictKind.Complete)
        {
            cluster.Statistics.Count("complete");
            return;
        }

        cluster.Statistics.Count($"lost: {Reason()}");

        string Reason()
        {
            var minute = since.Histories.TryGetValue(node.Lane.History.History, out var known) ? known : (long?)null;
            if (verdict.Reason == LossReason.Limit)
                return "limit";
            if (verdict.Reason == LossReason.Expired)
                return (node.Clock.WallTime / 60_000) - minute > Scale.PositionLifetime * Scheduler.Second / 60_000 ? "age" : "evicted";
            if (minute is null)
                return "history";
            var ready = cluster.Nodes.Where(static other => other.IsReady).ToList();
            if (since.Numbers.Any(entry => ready.TrueForAll(other => other.Knowledge[client.Topic, entry.Key] < entry.Value)))
                return "phantom";
            return cluster.Network.Minority is not null ? "cut off" : "avoidable";
        }
    }

    /// <summary>Checks the bounds of a node.</summary>
    public void CheckBounds(SimulatedNode node)
    {
        var (history, limits) = (node.Lane.History, Scale.Limits);
        Check(history.Size <= Scale.History.MaxMemory, "a node keeps more than its budget");
        if (cluster.IsCrowded)
            Check(history.Topics.Count <= Scale.CrowdedHistory.MaxTopics, "a node remembers too many topics");
        var count = 0;
        foreach (var topic in history.Topics.Values)
        {
            Check(topic.Count <= topic.Options.MaxEvents, "a topic keeps too many events");
            var last = long.MinValue;
            foreach (var kept in topic.Events())
            {
                count++;
                Check(kept.Time >= last, "the events of a topic are not in order");
                last = kept.Time;
            }
        }

        Check(count == history.Count, "the events of the lane are not those of its topics");
        foreach (var log in node.Lane.Members.Logs)
        {
            // One batch is held even if it is larger than the limit.
            Check(log.HeldWeight <= limits.MaxUnacknowledged || log.HeldWeight > SimulatedEvent.LargeSize, "a node holds back too much");
        }
    }

    public void CheckEnd()
    {
        var nodes = cluster.Nodes.Where(static node => node.IsUp).ToList();
        Check(nodes.TrueForAll(static node => node.IsReady), "a node never became ready");
        Check(nodes.Select(static node => node.Lane.History.History).Distinct().Count() <= 1, "two histories in one cluster");
        if (nodes.Count == 0)
            return;
        var first = nodes[0];
        foreach (var node in nodes)
            Check(node.Knowledge.IsSameAs(first.Knowledge), "survivors disagree on events");
        var entries = EntriesOf(first);
        Check(nodes.TrueForAll(node => AreSame(EntriesOf(node), entries)), "survivors disagree on state");
        CheckLastWrites(first, entries);
        var sessions = EntriesOf(first, Scale.Store);
        Check(nodes.TrueForAll(node => AreSame(EntriesOf(node, Scale.Store), sessions)), "survivors disagree on sessions");
        CheckSessions(first, sessions);
        foreach (var (content, witness) in _replicated)
        {
            if (nodes.Exists(node => node.Id == witness))
                Check(content.Number == 0 || first.Knowledge.Has(content), "a replicated publish is lost though its witness lives");
        }

        foreach (var client in cluster.Clients)
            CheckEnd(client, first, entries);
    }

    private void CheckEnd(SimulatedClient client, SimulatedNode node, Dictionary<string, int?> entries)
    {
        Check(client.IsAnswered, "a client never got an answer");
        foreach (var content in _events.Values)
        {
            if (content.Topic == client.Topic && HasSurvived(content))
                Check(client.Knows(content), $"a client missed events (last answer {client.LastAnswer})");
        }

        Check(client.Received.TrueForAll(HasSurvived), $"a client keeps an event that nobody has (last answer {client.LastAnswer})");
        if (client.Topic == Scale.Keyed)
        {
            var shown = client.Entries.Where(static entry => entry.Value is not null).ToDictionary(static entry => entry.Key, static entry => entry.Value);
            Check(AreSame(shown, entries), "a client shows another state than the nodes");
        }

        bool HasSurvived(SimulatedEvent content) => node.Knowledge.Has(content) || _everywhere.Contains(content.Uid);
    }

    private void CheckLastWrites(SimulatedNode node, Dictionary<string, int?> entries)
    {
        if (_histories.Count != 1)
            return;
        var writes = _events.Values.Where(content => content.Topic == Scale.Keyed && content.Write is { Stamp.Removal: 0 } && node.Knowledge.Has(content)).GroupBy(static content => content.Write!.Key);
        foreach (var write in writes)
        {
            var last = write.Select(static content => content.Write!).MaxBy(static one => one.Stamp)!;
            var isOrphan = last.Owner is { } owner && !cluster.Membership.Contains(owner);
            Check(entries.GetValueOrDefault(write.Key) == (isOrphan || cluster.EntriesExpire ? null : SimulatedValue.Read(last.Value)), "an entry is not the last write");
        }
    }

    // The rule in other words than those of the code under test: a write counts unless its login did not know a clear that it had to know, and of those that count the
    // last one is shown.
    private void CheckSessions(SimulatedNode node, Dictionary<string, int?> sessions)
    {
        if (_histories.Count != 1)
            return;
        foreach (var user in _events.Values.Where(content => content.Topic == Scale.Store && node.Knowledge.Has(content)).GroupBy(static content => content.Write!.Key))
        {
            var clears = user.Where(static content => content.Write!.Value is null).Select(static content => content.Write!.Stamp).ToList();
            var last = user.Where(Counts).MaxBy(static content => content.Write!.Stamp);
            Check(sessions.GetValueOrDefault(user.Key) == SimulatedValue.Read(last?.Write!.Value), "a session is not the last one that knows the last log-out");

            bool Counts(SimulatedEvent content) =>
                content.Write!.Value is null || clears.TrueForAll(clear => clear <= content.KnownClear || HasPassed(clear, content.Write.Stamp));
        }
    }

    private static bool HasPassed(Stamp clear, Stamp write) => write.Time > clear.Time + Scheduler.Milliseconds(Scale.ClearsCountFor);

    private static Dictionary<string, int?> EntriesOf(SimulatedNode node, string topic = Scale.Keyed) => node.Lane.History.Find(topic)?.Entries is not { } entries ? [] : entries
        .Where(static entry => entry.Value.Value is not null)
        .ToDictionary(static entry => entry.Key, static entry => SimulatedValue.Read(entry.Value.Value));

    private static bool AreSame(Dictionary<string, int?> left, Dictionary<string, int?> right) =>
        left.Count == right.Count && left.All(entry => right.TryGetValue(entry.Key, out var value) && value == entry.Value);
}
