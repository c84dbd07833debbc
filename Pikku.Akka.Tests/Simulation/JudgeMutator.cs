using Pikku.Akka.Replication;

namespace Pikku.Akka.Tests.Simulation;

/// <summary>Breaks a rule of the answers to clients that resume.</summary>
internal static class JudgeMutator
{
    public static Verdict Judge(Mutation mutation, SimulatedNode node, string topic, Position since, long? takenAt)
    {
        var (lane, known) = (node.Lane, node.Lane.History.Find(topic));
        var minute = node.Clock.WallTime / 60_000;
        since = mutation switch
        {
            Mutation.NoHistoryId => new Position(new(since.Numbers), lane.History.History, since.Histories.Values.DefaultIfEmpty(minute).Max()),
            Mutation.NoAgeCheck when since.Histories.ContainsKey(lane.History.History) => new Position(new(since.Numbers), lane.History.History, minute),
            Mutation.UnknownAsZero => Change(since, numbers => numbers.Where(entry => known?.Find(entry.Key) is not null)),
            Mutation.AheadOk => Change(since, numbers => numbers.Select(entry =>
                KeyValuePair.Create(entry.Key, known?.Find(entry.Key) is { } origin ? Math.Min(entry.Value, origin.Max) : entry.Value))),
            _ => since,
        };
        var verdict = lane.Judge(topic, since, takenAt);
        if (known is null)
            return verdict;
        switch (mutation)
        {
            case Mutation.Partial when verdict is { Kind: VerdictKind.Lost, Reason: LossReason.Expired } && since.Histories.TryGetValue(lane.History.History, out var since1)
                    && minute - since1 <= Scale.PositionLifetime * Scheduler.Second / 60_000:
                var left = known.Numbers.ToDictionary(static numbers => numbers.Origin, numbers => Math.Max(since[numbers.Origin], numbers.Floor));
                return Verdict.Complete(new Position(left, lane.History.History, since1), ReplayFrom(known, left, 0));
            case Mutation.ListAll when verdict.Start is { } start:
                var all = known.Numbers.ToDictionary(static numbers => numbers.Origin, numbers => start.Numbers.GetValueOrDefault(numbers.Origin, numbers.Max));
                return verdict with { Start = new Position(all, lane.History.History, start.Histories[lane.History.History]) };
            case Mutation.Inclusive when verdict.Start is { } start:
                return verdict with { Replay = ReplayFrom(known, start.Numbers, -1) };
            case Mutation.SkipsFirst when verdict.Start is { } start:
                return verdict with { Replay = ReplayFrom(known, start.Numbers, 1) };
            default:
                return verdict;
        }
    }

    private static List<ReplicatedEvent> ReplayFrom(TopicHistory topic, IReadOnlyDictionary<Origin, long> start, long shift) =>
        [.. topic.Events().Select(static kept => kept.Event).Where(content => content.Number > start.GetValueOrDefault(content.Origin, long.MaxValue / 2) + shift)];

    private static Position Change(Position since, Func<IReadOnlyDictionary<Origin, long>, IEnumerable<KeyValuePair<Origin, long>>> change)
    {
        var numbers = change(since.Numbers).ToDictionary(static entry => entry.Key, static entry => entry.Value);
        return since.Histories.Count == 1 ? new Position(numbers, since.Histories.Keys.First(), since.Histories.Values.First()) : since;
    }
}
