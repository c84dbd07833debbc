namespace Pikku.Akka.Replication;

/// <summary>
/// How a lane becomes ready: it copies what a ready member remembers, or, when no member is ready, the oldest one begins a history. Also the copy that a ready
/// lane needs when batches are lost for good, and the copies that it hands out. Not thread-safe: the lane owns it.
/// </summary>
/// <param name="members">The members.</param>
/// <param name="history">The topics.</param>
/// <param name="limits">The limits and intervals.</param>
/// <param name="output">Receives the messages.</param>
/// <param name="random">Draws the numbers of copies and the id of a new history, and selects a source.</param>
/// <param name="become">Takes over the cut of a copy, or of a new history.</param>
/// <param name="flush">Sends the open batch.</param>
/// <param name="finishBatches">Delivers the rest of the batches whose delivery has begun.</param>
internal sealed class LaneJoin(
    LaneMembers members, LaneHistory history, LaneLimits limits, ILaneOutput output, Random random, Action<IReadOnlyList<(int Node, long Next)>> become,
    Action flush, Action finishBatches)
{
    private readonly Dictionary<int, CopySource> _sources = [];
    private LaneCopy? _copy;
    private int? _promisedTo;

    /// <summary>True when this node has everything that it needs to answer clients and other nodes.</summary>
    public bool IsReady { get; private set; }

    /// <summary>True while a copy is under way. On a ready node it means that batches are lost for good, until the copy has closed the gap.</summary>
    public bool IsCopying => _copy is not null;

    // A promise binds until the node that has it is removed, or until this node is ready.
    private int? PromisedTo => !IsReady && _promisedTo is { } node && members.Find(node) is not null ? node : null;

    /// <summary>Called at a regular interval.</summary>
    public void Tick()
    {
        var now = history.Now;
        foreach (var (node, source) in _sources)
        {
            if (now - source.PulledAt > 2 * limits.CopyTimeout)
                _sources.Remove(node);
        }

        if (_copy is { } copy)
        {
            if (now - copy.HeardAt > limits.CopyTimeout)
                Restart();
            else if (now - copy.PulledAt > limits.AskTimeout)
                Pull(copy);
        }
        else if (!IsReady)
        {
            TryFound();
        }
    }

    /// <summary>Handles a message of another member.</summary>
    public void Receive(LaneMember member, LaneMessage message)
    {
        switch (message)
        {
            case LaneMessage.Pull pull: OnPull(member, pull); break;
            case LaneMessage.CopyHead head: OnHead(head); break;
            case LaneMessage.CopyChunk chunk: OnChunk(chunk); break;
            case LaneMessage.MayFound: OnMayFound(member); break;
            case LaneMessage.Promise: member.HasPromised = true; break;
        }
    }

    /// <summary>Begins to copy when this node is not ready and a member says that it is.</summary>
    public void NoteReady(LaneMember member)
    {
        if (_copy is null && member.IsReady)
            Begin(members.Others.Where(other => other.IsReady).MinBy(other => other.Age)!);
    }

    /// <summary>Copies the history anew, because batches are lost for good.</summary>
    public void CopyAnew(LaneMember source) => Begin(source);

    /// <summary>Records that a member was removed.</summary>
    public void Removed(int node)
    {
        _sources.Remove(node);
        if (_copy?.Source == node)
            Restart();
    }

    private void TryFound()
    {
        if (!members.IsOldest)
            return;
        foreach (var member in members.Others)
            output.Send(member, LaneMessage.MayFound.Instance);
        if (!members.Others.All(member => member.HasPromised || member.IsForeign))
            return;
        history.Clear();
        history.History = Origin.New(random);
        Finish([]);
    }

    // A node that is ready says so in its beat. One that is not ready copies from nobody else from now on, so none becomes ready in another history meanwhile.
    private void OnMayFound(LaneMember member)
    {
        if (IsReady || (PromisedTo is { } promised && promised != member.Node))
            return;
        _promisedTo = member.Node;
        if (_copy is { } copy && copy.Source != member.Node)
            _copy = null;
        output.Send(member, LaneMessage.Promise.Instance);
    }

    private void Begin(LaneMember source)
    {
        if (PromisedTo is { } promised && promised != source.Node)
            return;
        if (!IsReady)
            history.Clear();
        _copy = new LaneCopy(source.Node, random.NextInt64(), history.Now);
        Pull(_copy);
    }

    private void Restart()
    {
        _copy = null;
        if (!IsReady)
            history.Clear(); // a part of a copy is worth nothing
        var ready = members.Others.Where(member => member.IsReady).ToList();
        if (ready.Count == 0)
            return; // a ready node goes on: nobody is left who has more
        Begin(IsReady ? ready[random.Next(ready.Count)] : ready.MinBy(member => member.Age)!);
    }

    private void Pull(LaneCopy copy)
    {
        copy.PulledAt = history.Now;
        if (members.Find(copy.Source) is { } source)
            output.Send(source, new LaneMessage.Pull(copy.Number, copy.Index));
    }

    // Also while this node copies itself: two nodes that miss each other's batches would otherwise wait for each other for ever.
    private void OnPull(LaneMember member, LaneMessage.Pull pull)
    {
        if (!IsReady)
            return;
        // When the first part is asked for again, the picture stays that of its cut: the first answer may still arrive.
        if (pull.Index == 0 && _sources.GetValueOrDefault(member.Node)?.Number != pull.Copy)
        {
            flush();
            finishBatches();
            var closed = members.Logs.Where(log => log.ClosedAt is not null).Select(log => log.Node).ToList();
            _sources[member.Node] = new CopySource(
                pull.Copy, new LaneMessage.CopyHead(pull.Copy, history.History, members.Digest(), closed), history.TakePicture(), limits.MaxAnswer);
        }

        if (!_sources.TryGetValue(member.Node, out var source) || source.Number != pull.Copy || source.Part(pull.Index) is not { } part)
            return;
        source.PulledAt = history.Now;
        output.Send(member, part);
    }

    private void OnHead(LaneMessage.CopyHead head)
    {
        if (_copy is not { } copy || !copy.Receive(head, history.Now))
            return;
        if (head.Closed.Contains(members.Self))
        {
            output.GivenUp();
            return;
        }

        Pull(copy);
    }

    private void OnChunk(LaneMessage.CopyChunk chunk)
    {
        if (_copy is not { } copy || !copy.Receive(chunk, history.Now))
            return;
        if (copy.IsComplete)
            Complete(copy);
        else
            Pull(copy);
    }

    // All parts are taken over in one turn. A ready node merges: the greater number wins, and its subscribers get what it did not have.
    private void Complete(LaneCopy copy)
    {
        var head = copy.Head!;
        var elapsed = history.Now - copy.TakenAt;
        var wasReady = IsReady;
        var lost = new List<string>();
        foreach (var topic in copy.Topics)
        {
            if (history.Merge(topic, elapsed, wasReady ? (content, isCurrent) => output.Deliver(content, isCurrent) : null))
                lost.Add(topic.Name);
        }

        history.EndMerge();
        foreach (var node in head.Closed)
        {
            if (!members.Contains(node))
                members.GetOrAddLog(node, null).ClosedAt ??= history.Now;
        }

        if (!wasReady)
            history.History = head.History;
        Finish(head.Cut);
        foreach (var topic in lost)
            output.Refresh(topic);
    }

    private void Finish(IReadOnlyList<(int Node, long Next)> cut)
    {
        (_copy, IsReady) = (null, true);
        become(cut);
    }
}
