using Pikku.Akka.Diagnostics;

namespace Pikku.Akka.Replication;

/// <summary>Copies what a lane knows of its topics to another node, and takes over the copy of another node. Not thread-safe: the lane owns it.</summary>
/// <param name="origin">The life of this node.</param>
/// <param name="history">Takes over the events and entries of a copy.</param>
/// <param name="memory">The topics.</param>
/// <param name="clock">The clocks of this node.</param>
internal sealed class HistoryMerge(Origin origin, LaneHistory history, TopicMemory memory, TimeProvider clock)
{
    /// <summary>What this node knows of all topics, in one turn. It has references to the events, not copies.</summary>
    public List<TopicPicture> TakePicture()
    {
        var (now, minute) = (clock.GetMilliseconds(), clock.GetMinute());
        var pictures = new List<TopicPicture>(memory.Topics.Count);
        foreach (var topic in memory.Topics.Values)
        {
            memory.EvictAged(topic, now);
            pictures.Add(new TopicPicture(
                topic.Name, minute - topic.RememberedSince,
                [.. topic.Numbers.Select(numbers => new NumbersPicture(numbers.Origin, numbers.Max, numbers.Base, numbers.Floor, now - numbers.LastTime))],
                [.. topic.Events().Select(kept => (kept.Event, now - kept.Time))],
                topic.Entries is { } entries ? [.. entries.Select(entry => (entry.Key, entry.Value))] : []));
        }

        return pictures;
    }

    /// <summary>Takes over what another node knows of a topic; see <see cref="TopicPicture"/>.</summary>
    /// <param name="picture">What the other node knows.</param>
    /// <param name="elapsed">The time since the picture was taken, in milliseconds, which is added to its ages.</param>
    /// <param name="deliver">Called for each event that this node did not have, when it continues the numbers of this node; null while the node is not ready.</param>
    /// <returns>True when events are missing that nobody has any more.</returns>
    public bool Merge(TopicPicture picture, long elapsed, Action<ReplicatedEvent, bool>? deliver)
    {
        var topic = history.GetOrAdd(picture.Name);
        topic.RememberedSince = Math.Min(topic.RememberedSince, clock.GetMinute() - picture.RememberedFor);
        var hasHole = false;
        foreach (var known in picture.Numbers)
            hasHole |= MergeNumbers(topic, picture, known, elapsed, deliver);
        // The entries follow the events. Otherwise the events would seem to be overwritten.
        foreach (var (key, entry) in picture.Entries)
            history.Write(topic, key, entry with { Time = clock.GetMilliseconds() });

        topic.Replace([.. topic.Events().OrderBy(kept => kept.Time)]);
        return hasHole;
    }

    private bool MergeNumbers(TopicHistory topic, TopicPicture picture, NumbersPicture known, long elapsed, Action<ReplicatedEvent, bool>? deliver)
    {
        var numbers = topic.Find(known.Origin);
        if (numbers is not null && numbers.Max >= known.Max)
            return false;
        var now = clock.GetMilliseconds();
        var events = picture.Events.Where(kept => kept.Event.Origin == known.Origin);
        var hasHole = false;
        if (numbers is null && deliver is not null && (memory.Floor is not null || known.Origin == origin))
        {
            // This node may have delivered the events and forgotten the topic before its time. The subscribers get the position, and ask for what they lack. The
            // source may not have the last numbers that this node has given, and no number is given twice.
            var max = known.Origin == origin ? Math.Max(known.Max, memory.ForgottenNumber) : known.Max;
            numbers = topic.Add(known.Origin, max, now - known.Idle - elapsed);
            numbers.Base = known.Base;
            topic.LastTime = Math.Max(topic.LastTime, numbers.LastTime);
            return true;
        }

        if (numbers is null)
        {
            var oldest = events.Select(kept => kept.Age).Append(known.Idle).Max();
            numbers = topic.Add(known.Origin, known.Floor, now - elapsed - oldest);
            numbers.Base = known.Base;
            hasHole = deliver is not null && known.Floor > known.Base;
        }
        else if (numbers.Max < known.Floor)
        {
            // What lies between can't be handed out by anybody.
            memory.DropEvents(topic, known.Origin);
            numbers.Floor = numbers.Max = known.Floor;
            hasHole = true;
        }

        foreach (var (content, age) in events)
        {
            if (content.Number <= numbers.Max)
                continue;
            if (deliver is not null)
            {
                if (history.Apply(content, out var isCurrent, age + elapsed))
                    deliver(content, isCurrent);
                continue;
            }

            topic.Append(new KeptEvent(topic, content, now - age - elapsed));
        }

        numbers.Max = Math.Max(numbers.Max, known.Max);
        numbers.LastTime = Math.Max(numbers.LastTime, now - known.Idle - elapsed);
        topic.LastTime = Math.Max(topic.LastTime, numbers.LastTime);
        return hasHole;
    }
}
