namespace Pikku.Akka.Replication;

/// <summary>
/// One lane of this node, and its part in the agreement with the same lane of all other nodes: it publishes numbered batches, delivers those of the others in
/// sequence, repairs holes, levels out after a member was removed, and copies what the others remember before it is ready. <see cref="LaneJoin"/> has the copy.
/// The type uses no actors and no timers: each method handles one message or one event, and everything that follows goes to <see cref="ILaneOutput"/>.
/// Not thread-safe: one actor owns it.
/// </summary>
/// <remarks>
/// There is no leader and no vote. A node pushes its batches to all members, and each member holds back what comes behind a hole. The beat of a node says for every
/// node, removed ones included, how far it has come; who is behind asks any member that has more. So survivors end at the same batch, also when the publisher
/// or the next survivor dies meanwhile. Only when every member that has more says that it does not keep the batches any more, they are lost: the node then copies
/// the history of another one, so that numbers go on, and reports the loss.
/// </remarks>
internal sealed class Lane
{
    private readonly LaneMembers _members;
    private readonly LaneJoin _join;
    private readonly IBatchWriter _writer;
    private readonly LaneLimits _limits;
    private readonly ILaneOutput _output;
    private readonly Random _random;
    private readonly Queue<(ReplicatedEvent Event, long Sequence)> _unconfirmed = [];
    private readonly Queue<(ReplicatedEvent Event, long Sequence)> _unconfirmedByAll = [];
    private readonly List<ReplicatedEvent> _waitingInBatch = [];
    private long? _lastBeat;
    private bool _beatIsDue;
    private int _turn;

    /// <param name="self">The unique id of this node in the cluster.</param>
    /// <param name="history">The topics of the lane.</param>
    /// <param name="writer">Encodes the batches of this node.</param>
    /// <param name="limits">The limits and intervals.</param>
    /// <param name="output">Receives what the lane causes.</param>
    /// <param name="random">Selects the member that is asked.</param>
    public Lane(int self, LaneHistory history, IBatchWriter writer, LaneLimits limits, ILaneOutput output, Random random)
    {
        History = history;
        _writer = writer;
        _limits = limits;
        _output = output;
        _random = random;
        _members = new LaneMembers(self);
        _join = new LaneJoin(_members, history, limits, output, random, Become, Flush, FinishBatches);
    }

    /// <summary>The topics of the lane.</summary>
    public LaneHistory History { get; }

    /// <summary>True when this node has everything that it needs to answer clients and other nodes.</summary>
    public bool IsReady => _join.IsReady;

    /// <summary>True when this node knows that it lacks batches, so that it can't judge positions.</summary>
    public bool IsIncomplete => !IsReady || _join.IsCopying;

    /// <summary>True when every reachable member that is Up hears this node, and this node hears it.</summary>
    public bool IsLinked => _members.Others.All(member => member.IsLinked || !member.IsReachable || member.Age == long.MaxValue || member.IsForeign);

    /// <summary>The members and the logs, for reports.</summary>
    public LaneMembers Members => _members;

    /// <summary>True when a batch of this node is open. <see cref="Flush"/> has to be called after the messages that already wait.</summary>
    public bool HasOpenBatch => !_writer.IsEmpty;

    /// <summary>True when batches wait that <see cref="Deliver"/> can deliver.</summary>
    public bool CanDeliver { get; private set; }

    /// <summary>Judges a position; see <see cref="LaneHistory.Judge"/>.</summary>
    public Verdict Judge(string topic, Position since) => History.Judge(topic, since, IsIncomplete);

    /// <summary>
    /// Publishes an event of this node: numbers it if its topic has a history, hands it to the subscribers of this node, and adds it to the open batch. Nothing that
    /// can fail stands between the number and the batch.
    /// </summary>
    /// <param name="content">The event.</param>
    /// <param name="options">The history of the topic; null for none.</param>
    public void Publish(ReplicatedEvent content, HistoryOptions? options)
    {
        if (!_writer.IsEmpty && !_writer.HasRoomFor(content))
            Flush();
        var isCurrent = true;
        if (options is not null)
        {
            var topic = History.Number(content, options);
            History.Apply(topic, content, out isCurrent);
        }

        _output.Deliver(content, isCurrent);
        if (_members.Others.Count == 0)
        {
            if (content.WaitsForOthers)
                _output.Replicated(content);
            return;
        }

        _writer.Add(content);
        if (content.WaitsForOthers)
            _waitingInBatch.Add(content);
        if (_writer.IsFull)
            Flush();
    }

    /// <summary>Sends the open batch.</summary>
    public void Flush()
    {
        if (_writer.IsEmpty || _members.FindLog(_members.Self) is not { Next: { } sequence } log)
            return;
        foreach (var content in _waitingInBatch)
            (content.IsReplicatedToAll ? _unconfirmedByAll : _unconfirmed).Enqueue((content, sequence));
        _waitingInBatch.Clear();
        if (_members.Others.Count == 0)
        {
            _writer.Clear();
            log.Published(null, _limits.MaxKept);
            Confirm();
            return;
        }

        var batch = _writer.Take(sequence);
        log.Published(batch, _limits.MaxKept);
        foreach (var member in _members.Others)
            Push(member, log);
        Confirm();
    }

    /// <summary>Handles a message of the same lane of another node. Messages of a node that is not a member are ignored.</summary>
    public void Receive(int sender, LaneMessage message)
    {
        if (_members.Find(sender) is not { } member)
            return;
        switch (message)
        {
            case LaneMessage.Batch batch: OnBatch(batch.Content); break;
            case LaneMessage.Beat beat: OnBeat(member, beat); break;
            case LaneMessage.Ask ask: OnAsk(member, ask); break;
            case LaneMessage.Unavailable unavailable: OnUnavailable(member, unavailable); break;
            case LaneMessage.Acknowledge acknowledge: OnAcknowledge(member, acknowledge.Next); break;
            default: _join.Receive(member, message); break;
        }
    }

    /// <summary>Delivers batches of other nodes that are complete up to here.</summary>
    /// <param name="budget">The number of events and deliveries after which the method returns. The deliveries of one event are never split.</param>
    /// <returns>True when more can be delivered.</returns>
    public bool Deliver(int budget)
    {
        if (!IsReady)
            return false;
        // The nodes take turns, so that a busy one does not delay the others.
        var logs = _members.Logs.Where(log => log.CanDeliver).ToList();
        for (var i = 0; i < logs.Count && budget > 0; i++)
        {
            var log = logs[(_turn + i) % logs.Count];
            while (budget > 0 && log.CanDeliver)
                budget -= DeliverNext(log);
            if (log.HasHeld && !log.CanDeliver)
                AskFor(log);
        }

        _turn++;
        return CanDeliver = _members.Logs.Any(log => log.CanDeliver);
    }

    /// <summary>Sends beats that are due, and repeats what was not answered. Called at a regular interval, several times for each beat.</summary>
    public void Tick()
    {
        var now = History.Now;
        var isDue = _lastBeat is not { } last || now - last >= _limits.BeatInterval;
        if (isDue)
        {
            _lastBeat = now;
            _members.Forget(now - _limits.ClosedFor);
            History.Sweep(_limits.ClosedFor);
            if (IsReady)
            {
                Flush();
                foreach (var log in _members.Logs.Where(log => log.HasHeld && !log.CanDeliver))
                    AskFor(log);
                if (_members.IsOldest)
                    RemoveOrphans();
            }
        }

        _join.Tick();
        Confirm(); // a member that stops responding sends nothing that would end the wait for it
        if (isDue || _beatIsDue || !IsLinked)
            SendBeats();
    }

    /// <summary>Adds a member or updates it.</summary>
    /// <param name="node">The unique id of the node in the cluster; may be this node.</param>
    /// <param name="name">Its host and port.</param>
    /// <param name="age">See <see cref="LaneMember.Age"/>.</param>
    public void SetMember(int node, string name, long age)
    {
        _members.Set(node, name, age, IsReady);
        _beatIsDue = true;
    }

    /// <summary>Records whether a member can be reached.</summary>
    public void SetReachable(int node, bool isReachable)
    {
        if (_members.Find(node) is not { } member)
            return;
        member.IsReachable = isReachable;
        if (isReachable && member.IsHeldBack && _members.FindLog(_members.Self) is { } log)
            Push(member, log);
    }

    /// <summary>Records that a member runs another major version; see <see cref="LaneMember.IsForeign"/>.</summary>
    public void SetForeign(int node)
    {
        if (_members.Find(node) is { } member)
            member.IsForeign = true;
    }

    /// <summary>Removes a member. The others level out what they have of it.</summary>
    public void Remove(int node)
    {
        _members.Remove(node, History.Now);
        _join.Removed(node);
        Confirm();
        _beatIsDue = true;
    }

    // True when a member has batches that this node lacks.
    private static bool IsBehind(OriginLog log, LaneMember member) => member.Digest.TryGetValue(log.Node, out var next) && next > log.Next;

    private int DeliverNext(OriginLog log)
    {
        try
        {
            if (log.Peek() is not { } content)
            {
                EndBatch(log, log.SkipBatch(_limits.MaxKept));
                return 1;
            }

            var delivered = Take(content);
            if (log.Advance(_limits.MaxKept) is { } batch)
                EndBatch(log, batch);
            return 1 + delivered;
        }
        catch (InvalidDataException error)
        {
            History.NoteUnreadable();
            _output.Unreadable(log.Node, error);
            EndBatch(log, log.SkipBatch(_limits.MaxKept));
            return 1;
        }
    }

    private int Take(ReplicatedEvent content)
    {
        if (content.Number == 0)
        {
            if (content.IsOfTopic)
                History.NoteUnnumbered(content.Topic);
            return _output.Deliver(content, isCurrent: true);
        }

        return History.Apply(content, out var isCurrent) ? _output.Deliver(content, isCurrent) : 0;
    }

    private void EndBatch(OriginLog log, ReplicatedBatch batch)
    {
        if (_members.Find(log.Node) is { } member && (batch.IsAcknowledgedAtOnce || log.DeliveredSinceAck >= _limits.AcknowledgeEvery))
        {
            log.DeliveredSinceAck = 0;
            _output.Send(member, new LaneMessage.Acknowledge(log.Next!.Value));
        }

        if (log.RepairUntil is not { } until)
            return;
        if (log.Next >= until)
            log.RepairUntil = null;
        else if (!log.HasHeld)
            AskFor(log); // the answer to the last ask is used up, and more is missing
    }

    // A picture is taken between batches, so that no event of it comes from a batch that the copy does not count as delivered.
    private void FinishBatches()
    {
        foreach (var log in _members.Logs)
        {
            while (log.IsInBatch)
                DeliverNext(log);
        }
    }

    // Sends what the member may be sent: the newest batch, and those before it that had to wait. A member that has waited for longer than batches are kept sees in the
    // next beat that it is behind, and asks.
    private void Push(LaneMember member, OriginLog log)
    {
        if (member.NextToSend is not { } first || !log.Keeps(first))
            first = log.Next!.Value - 1;
        var isHeldBack = !member.IsReachable || member.IsForeign;
        if (!isHeldBack)
        {
            foreach (var batch in log.KeptFrom(first, long.MaxValue))
            {
                isHeldBack = !member.HasRoomFor(batch, _limits.MaxUnacknowledged);
                if (isHeldBack)
                    break;
                member.Sent(batch);
                _output.Send(member, new LaneMessage.Batch(batch));
            }
        }

        if (isHeldBack == member.IsHeldBack)
            return;
        member.IsHeldBack = isHeldBack;
        _output.Paced(member);
    }

    private void OnBatch(ReplicatedBatch batch)
    {
        if (batch.Node == _members.Self || _members.FindLog(batch.Node) is not { } log)
            return;
        log.Hold(batch, _limits.MaxUnacknowledged);
        if (log.CanDeliver)
            CanDeliver = true;
        else if (log.Next is not null && log.HasHeld)
            AskFor(log);
    }

    private void OnBeat(LaneMember member, LaneMessage.Beat beat)
    {
        var (wasLinked, wasReady) = (member.IsLinked, member.IsReady);
        member.Receive(beat);
        if (wasLinked != member.IsLinked || !beat.HearsReceiver)
            _beatIsDue = true;
        if (member.IsReady != wasReady)
            Confirm();
        if (!IsReady)
        {
            _join.NoteReady(member);
            return;
        }

        if (beat.IsReady && member.Digest.TryGetValue(_members.Self, out var acknowledged))
            OnAcknowledge(member, acknowledged);
        foreach (var (node, next) in beat.Digest)
            Compare(node, next);
    }

    private void Compare(int node, long next)
    {
        if (node == _members.Self || _members.FindLog(node) is not { } log || next <= log.Next)
            return;
        // What is under way is not lost: only a node that was behind at two beats asks.
        if (log.LaggingAt == log.Next && !log.CanDeliver)
            AskFor(log);
        log.LaggingAt = log.Next;
    }

    private void AskFor(OriginLog log, bool now = false)
    {
        if (_members.Others.Count == 0 || (!now && log.AskedAt is { } asked && History.Now < asked + _limits.AskTimeout))
            return;
        log.AskedAt = History.Now;
        log.RepairUntil = Math.Max(log.FirstHeld ?? 0, _members.Others.Max(member => member.Digest.GetValueOrDefault(log.Node)));
        var more = _members.Others.Where(member => member.Node == log.Node || IsBehind(log, member)).ToList();
        var untried = more.Where(member => !log.Unavailable.Contains(member.Node)).ToList();
        if (untried.Count > 0)
        {
            _output.Send(untried[_random.Next(untried.Count)], new LaneMessage.Ask(log.Node, log.Next!.Value));
            return;
        }

        // Nobody keeps these batches any more.
        if (more.Count > 0 && !_join.IsCopying)
            _join.CopyAnew(more.Find(member => member.Node == log.Node) ?? more[_random.Next(more.Count)]);
    }

    private void OnAsk(LaneMember member, LaneMessage.Ask ask)
    {
        if (!IsReady || _members.FindLog(ask.Node) is not { } log || ask.First >= log.Next)
            return;
        var hasAny = false;
        foreach (var batch in log.KeptFrom(ask.First, _limits.MaxAnswer))
        {
            hasAny = true;
            _output.Send(member, new LaneMessage.Batch(batch));
        }

        if (!hasAny)
            _output.Send(member, new LaneMessage.Unavailable(ask.Node, ask.First));
    }

    private void OnUnavailable(LaneMember member, LaneMessage.Unavailable unavailable)
    {
        if (_members.FindLog(unavailable.Node) is not { } log || log.Next != unavailable.First)
            return;
        log.Unavailable.Add(member.Node);
        AskFor(log, now: true);
    }

    private void OnAcknowledge(LaneMember member, long next)
    {
        member.Acknowledge(next);
        if (member.IsHeldBack && _members.FindLog(_members.Self) is { } log)
            Push(member, log);
        Confirm();
    }

    private void Confirm()
    {
        if (_unconfirmed.Count == 0 && _unconfirmedByAll.Count == 0)
            return;
        // A node that stands alone has no other node to wait for.
        var isAlone = !_members.Others.Any(member => member.IsReady || (!member.IsHeard && !member.IsForeign));
        Confirm(_unconfirmed, isAlone ? long.MaxValue : AcknowledgedBy(1));
        if (_unconfirmedByAll.Count == 0)
            return;
        var all = isAlone ? 0 : Math.Min(_output.Responsive, _members.Others.Count(member => member.IsReady && member.IsReachable && !member.IsForeign));
        Confirm(_unconfirmedByAll, all == 0 ? long.MaxValue : AcknowledgedBy(all));
    }

    private void Confirm(Queue<(ReplicatedEvent Event, long Sequence)> waiting, long acknowledged)
    {
        while (waiting.TryPeek(out var oldest) && oldest.Sequence < acknowledged)
            _output.Replicated(waiting.Dequeue().Event);
    }

    // The sequence below which so many members have delivered all batches of this node.
    private long AcknowledgedBy(int members) => _members.Others.Select(member => member.Acknowledged).OrderDescending().ElementAt(members - 1);

    private void SendBeats()
    {
        _beatIsDue = false;
        if (_members.Others.Count == 0)
            return;
        var digest = _members.Digest();
        foreach (var log in _members.Logs)
            log.DeliveredSinceAck = 0;
        foreach (var member in _members.Others)
            _output.Send(member, new LaneMessage.Beat(IsReady, member.IsHeard, digest));
    }

    /// <summary>Takes over the end of a copy, or of a founding.</summary>
    /// <param name="cut">For each node the sequence below which the copy has all batches.</param>
    private void Become(IReadOnlyList<(int Node, long Next)> cut)
    {
        var begin = cut.ToDictionary(entry => entry.Node, entry => entry.Next);
        _members.GetOrAddLog(_members.Self, 0).BeginAt(0);
        foreach (var node in begin.Keys.Union(_members.Logs.Select(log => log.Node)).Order().ToList())
        {
            if (node == _members.Self)
                continue;
            var log = _members.GetOrAddLog(node, null);
            var next = begin.GetValueOrDefault(node);
            if (log.Next is { } known && next > known)
            {
                log.Lost += next - known;
                _output.Lost(_members.Find(node)?.Name ?? $"(removed) {node}", next - known);
            }

            log.BeginAt(next);
            if (!_members.Contains(node))
                log.ClosedAt ??= History.Now;
            CanDeliver |= log.CanDeliver;
        }

        _beatIsDue = true;
    }

    // The oldest member removes the entries of dead nodes, and those whose lifetime is over, as ordinary events with the stamp of the write that they remove.
    private void RemoveOrphans()
    {
        List<(TopicHistory Topic, string Key, KeyedEntry Entry)>? orphans = null;
        foreach (var topic in History.Topics.Values)
        {
            if (topic.Entries is not { } entries || topic.Options.Bounds is not null)
                continue;
            foreach (var (key, entry) in entries)
            {
                if (entry.Value is null)
                    continue;
                var isOver = topic.Options.EntryLifetime is { } lifetime && History.Now - entry.Time > lifetime.TotalMilliseconds;
                if (isOver || (entry.Owner is { } owner && !_members.Contains(owner)))
                    (orphans ??= []).Add((topic, key, entry));
            }
        }

        foreach (var (topic, key, entry) in orphans ?? [])
            Publish(_output.CreateRemoval(topic.Name, key, entry, entry.Stamp with { Removal = 1 }), topic.Options);
    }
}
