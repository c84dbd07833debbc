using Pikku.Akka.Diagnostics;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Replication;

/// <summary>Judges the positions of clients that come back to a topic of one lane. Not thread-safe: the lane owns it.</summary>
/// <param name="memory">The topics.</param>
/// <param name="settings">The limits of the whole node.</param>
/// <param name="clock">The clocks of this node.</param>
internal sealed class PositionJudge(TopicMemory memory, HistorySettings settings, TimeProvider clock)
{
    private static readonly long SlackMinutes = (long)HistorySettings.Slack.TotalMinutes;

    private readonly long _listedFor = (long)settings.ListedFor.TotalMilliseconds;
    private (long Minute, long Time)? _unreadable;

    /// <summary>Notes that events of another node can't be read. Nobody knows to which topics they belong, so every older position of the lane is lost.</summary>
    public void NoteUnreadable() => _unreadable = (clock.GetMinute(), clock.GetMilliseconds());

    /// <summary>The position of a client that has everything that this node has now.</summary>
    /// <param name="topic">The name of the topic.</param>
    /// <param name="history">The history of the lane.</param>
    public Position PositionOf(string topic, Origin history)
    {
        var numbers = new Dictionary<Origin, long>();
        var now = clock.GetMilliseconds();
        foreach (var known in memory.Find(topic)?.Numbers ?? [])
        {
            if (now - known.LastTime <= _listedFor)
                numbers[known.Origin] = known.Max;
        }

        return new Position(numbers, history, clock.GetMinute()) { TakenAt = now };
    }

    /// <summary>Judges the position of a client, in the order of the rules of resume.</summary>
    /// <param name="name">The topic.</param>
    /// <param name="since">The position.</param>
    /// <param name="history">The history of the lane.</param>
    /// <param name="isIncomplete">True when this node knows that it lacks batches of other nodes.</param>
    public Verdict Judge(string name, Position since, Origin history, bool isIncomplete)
    {
        if (since.Histories.Count != 1 || !since.Histories.TryGetValue(history, out var minute))
            return Verdict.Lost(LossReason.Unknown);
        var topic = memory.Find(name);
        if (IsTooOld(topic, since, minute))
            return Verdict.Lost(LossReason.Expired);
        if (isIncomplete || KnowsMore(since, topic))
            return Verdict.Wait;

        var start = new Dictionary<Origin, long>();
        if (topic is null)
            return Verdict.Complete(new Position(start, history, minute), []);
        var now = clock.GetMilliseconds();
        memory.EvictAged(topic, now);
        var listed = new Dictionary<Origin, long>();
        foreach (var numbers in topic.Numbers)
        {
            var isListed = now - numbers.LastTime <= _listedFor;
            // An origin that a good position does not name has had no event of the topic for as long as it would have been listed.
            var from = Math.Max(since[numbers.Origin], isListed ? numbers.Base : numbers.Max);
            if (from < numbers.Floor)
                return Verdict.Lost(LossReason.Expired);
            start[numbers.Origin] = from;
            if (isListed)
                listed[numbers.Origin] = from; // otherwise clients would carry a name for longer than the nodes remember it
        }

        return Replay(topic, start) is { } replay
            ? Verdict.Complete(new Position(listed, history, minute), replay)
            : Verdict.Lost(LossReason.Limit);
    }

    private bool IsTooOld(TopicHistory? topic, Position since, long minute)
    {
        if (clock.GetMinute() - minute > settings.PositionLifetime.TotalMinutes)
            return true;
        // The slack between the clocks of nodes does not apply to a position of this node. It would make every snapshot fail for as long.
        if (since.TakenAt is { } taken)
            return topic?.Unnumbered?.Time >= taken || memory.Floor?.Time >= taken || _unreadable?.Time >= taken;
        if (_unreadable is { } unreadable && minute <= unreadable.Minute + SlackMinutes)
            return true;
        if (topic?.Unnumbered is { } unnumbered && minute <= unnumbered.Minute + SlackMinutes)
            return true;
        // Topics were forgotten before their time. A topic that has been remembered since before the position was not one of them.
        return memory.Floor is { } floor && minute <= floor.Minute + SlackMinutes && !(topic is not null && topic.RememberedSince + SlackMinutes < minute);
    }

    // True when the client has numbers that this node has not: they are under way, or nobody has them any more.
    private static bool KnowsMore(Position since, TopicHistory? topic)
    {
        foreach (var (origin, number) in since.Numbers)
        {
            if (topic?.Find(origin) is not { } numbers || number > numbers.Max)
                return true;
        }

        return false;
    }

    // Null when more lies behind than one subscribe replays.
    private List<ReplicatedEvent>? Replay(TopicHistory topic, Dictionary<Origin, long> start)
    {
        var replay = new List<ReplicatedEvent>();
        long size = 0;
        for (var kept = topic.Oldest; kept is not null; kept = kept.Next)
        {
            if (kept.Event.Number <= start.GetValueOrDefault(kept.Event.Origin))
                continue;
            size += kept.Event.Size;
            // A single event is never too large: a client that missed it would always lose it.
            if (replay.Count == settings.MaxReplay || (replay.Count > 0 && size > settings.MaxReplaySize))
                return null;
            replay.Add(kept.Event);
        }

        return replay;
    }
}
