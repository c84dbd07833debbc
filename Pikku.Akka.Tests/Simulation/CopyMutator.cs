using Pikku.Akka.Replication;

namespace Pikku.Akka.Tests.Simulation;

/// <summary>Breaks a rule of the copies between nodes.</summary>
internal sealed class CopyMutator(SimulatedCluster cluster, Mutation mutation)
{
    private readonly Dictionary<long, List<(int Node, long Next)>> _cuts = [];
    private readonly Dictionary<long, List<(int Node, long Next)>> _digests = [];
    private readonly Dictionary<long, List<string>> _names = [];
    private readonly Dictionary<long, List<(SimulatedEvent Event, long Time)>> _times = [];
    private readonly Dictionary<long, CopySource> _unreadySources = [];
    private readonly Dictionary<int, (long Copy, List<TopicPicture> Topics)> _parts = [];
    private readonly Dictionary<int, List<TopicPicture>> _oldParts = [];
    private readonly Dictionary<int, long> _pulled = [];

    public LaneMessage? Incoming(SimulatedNode node, int sender, LaneMessage message) => message switch
    {
        LaneMessage.Beat beat when mutation == Mutation.CopyUnready && !node.Lane.IsReady => beat with { IsReady = true },
        LaneMessage.Pull pull => OnPull(node, sender, pull),
        LaneMessage.CopyHead head => OnHead(node, head),
        LaneMessage.CopyChunk chunk => OnChunk(node, chunk),
        _ => message,
    };

    public LaneMessage? Outgoing(SimulatedNode node, LaneMessage message)
    {
        switch (message)
        {
            case LaneMessage.Pull pull:
                _pulled[node.Id] = pull.Copy;
                return pull;
            case LaneMessage.CopyChunk chunk when mutation == Mutation.EndCut:
                _digests[chunk.Copy] = node.Lane.Members.Digest();
                return chunk;
            case LaneMessage.CopyChunk chunk when mutation == Mutation.NoStateCopy:
                return Change(chunk, static topic => topic with { Entries = topic.Entries.Where(static entry => entry.Entry.Value is not null).ToList() });
            case LaneMessage.CopyChunk chunk when mutation == Mutation.NoFloor:
                return Change(chunk, static topic => topic with { Numbers = topic.Numbers.Select(static numbers => numbers with { Floor = 0 }).ToList() });
            default:
                return message;
        }
    }

    public void Received(SimulatedNode node, LaneMessage message)
    {
        node.Writer.IsHidden = false;
        if (mutation == Mutation.SortByAge && message is LaneMessage.CopyChunk { IsLast: true } chunk)
            SortByAge(node, chunk.Copy);
    }

    private LaneMessage.Pull? OnPull(SimulatedNode node, int sender, LaneMessage.Pull pull)
    {
        var lane = node.Lane;
        switch (mutation)
        {
            case Mutation.CopyRefused when lane.IsReady && lane.IsIncomplete:
                return null;
            case Mutation.OpenBatch when pull.Index == 0:
                node.Writer.IsHidden = true;
                return pull;
            case Mutation.FuzzyCopy when lane.IsReady && pull.Index == 0:
                _names[pull.Copy] = [.. lane.History.Topics.Keys];
                return pull;
            case Mutation.FuzzyCopy when lane.IsReady && _names.TryGetValue(pull.Copy, out var names) && pull.Index <= Math.Max(1, names.Count):
                var name = names.ElementAtOrDefault(pull.Index - 1);
                cluster.Network.Send(node, sender, new LaneMessage.CopyChunk(
                    pull.Copy, pull.Index, pull.Index >= names.Count, lane.History.TakePicture().Where(topic => topic.Name == name).ToList()));
                return null;
            case Mutation.CopyUnready when !lane.IsReady && lane.Members.Find(sender) is not null:
                if (!_unreadySources.TryGetValue(pull.Copy, out var source))
                {
                    var closed = lane.Members.Logs.Where(static log => log.ClosedAt is not null).Select(static log => log.Node).ToList();
                    var head = new LaneMessage.CopyHead(pull.Copy, lane.History.History, lane.Members.Digest(), closed);
                    cluster.Judge.Picture(node, pull.Copy);
                    _unreadySources[pull.Copy] = source = new CopySource(pull.Copy, head, lane.History.TakePicture(), Scale.Limits.MaxAnswer);
                }

                if (source.Part(pull.Index) is { } part)
                    cluster.Network.Send(node, sender, part);
                return null;
            default:
                return pull;
        }
    }

    private LaneMessage.CopyHead OnHead(SimulatedNode node, LaneMessage.CopyHead head)
    {
        switch (mutation)
        {
            case Mutation.FirstHeard when !node.Lane.IsReady:
                var first = head.Cut.ToDictionary(static entry => entry.Node, static entry => entry.Next);
                foreach (var log in node.Lane.Members.Logs)
                {
                    if (log.FirstHeld is { } held)
                        first[log.Node] = held;
                }

                return head with { Cut = first.Select(static entry => (entry.Key, entry.Value)).ToList() };
            case Mutation.EndCut:
                // The lane reads it when the copy is complete.
                return head with { Cut = _cuts[head.Copy] = [.. head.Cut] };
            default:
                return head;
        }
    }

    private LaneMessage.CopyChunk OnChunk(SimulatedNode node, LaneMessage.CopyChunk chunk)
    {
        var (lane, isReady) = (node.Lane, node.Lane.IsReady);
        switch (mutation)
        {
            case Mutation.NoTransfer when !isReady:
                return chunk with { IsLast = true, Topics = [] };
            case Mutation.EndCut when _cuts.TryGetValue(chunk.Copy, out var cut):
                cut.Clear();
                cut.AddRange(_digests[chunk.Copy]);
                return chunk;
            case Mutation.MixSources when !isReady:
                return MixSources(node, chunk);
            case Mutation.MergeAtOnce when _pulled.GetValueOrDefault(node.Id) == chunk.Copy:
                foreach (var topic in chunk.Topics)
                    lane.History.Merge(topic, 0, isReady ? (content, isCurrent) => ((ILaneOutput)node).Deliver(content, isCurrent) : null);
                lane.History.EndMerge();
                return chunk with { Topics = [] };
            case Mutation.StateFirst when isReady:
                foreach (var topic in chunk.Topics)
                    lane.History.Merge(topic with { Numbers = [], Events = [] }, 0, null);
                return chunk;
            case Mutation.SortByAge:
                if (!_times.TryGetValue(chunk.Copy, out var times))
                    _times[chunk.Copy] = times = [];
                times.AddRange(chunk.Topics.SelectMany(static topic => topic.Events).Select(kept => ((SimulatedEvent)kept.Event, lane.History.Now - kept.Age)));
                return chunk;
            default:
                return chunk;
        }
    }

    // The topics that an earlier source has sent are kept, and the others come from this one.
    private LaneMessage.CopyChunk MixSources(SimulatedNode node, LaneMessage.CopyChunk chunk)
    {
        if (!_parts.TryGetValue(node.Id, out var parts) || parts.Copy != chunk.Copy)
        {
            if (parts.Topics is { Count: > 0 })
                _oldParts[node.Id] = parts.Topics.Where(topic => topic.Name != parts.Topics[^1].Name).ToList(); // the last one may be incomplete
            _parts[node.Id] = parts = (chunk.Copy, []);
        }

        parts.Topics.AddRange(chunk.Topics);
        if (!_oldParts.TryGetValue(node.Id, out var old))
            return chunk;
        var names = old.Select(static topic => topic.Name).ToHashSet();
        return chunk with { Topics = [.. chunk.Index == 1 ? old : [], .. chunk.Topics.Where(topic => !names.Contains(topic.Name))] };
    }

    private void SortByAge(SimulatedNode node, long copy)
    {
        if (!_times.TryGetValue(copy, out var known))
            return;
        var times = known.DistinctBy(static entry => entry.Event).ToDictionary(static entry => entry.Event, static entry => entry.Time);
        foreach (var topic in node.Lane.History.Topics.Values)
        {
            topic.Replace(topic.Events()
                .Select(kept => new KeptEvent(topic, kept.Event, times.GetValueOrDefault((SimulatedEvent)kept.Event, kept.Time)))
                .OrderBy(static kept => kept.Time).ToList());
        }

        node.Lane.History.EndMerge();
    }

    private static LaneMessage.CopyChunk Change(LaneMessage.CopyChunk chunk, Func<TopicPicture, TopicPicture> change) =>
        chunk with { Topics = chunk.Topics.Select(change).ToList() };
}
