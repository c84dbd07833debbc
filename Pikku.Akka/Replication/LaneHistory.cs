using System.Diagnostics.CodeAnalysis;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Replication;

/// <summary>
/// The topics with history of one lane: it numbers the events of this node, keeps the last events within their limits, and judges the positions of clients that
/// come back. It knows nothing of other nodes. Not thread-safe: the lane owns it.
/// </summary>
/// <param name="origin">The life of this node.</param>
/// <param name="settings">The limits of the whole node.</param>
/// <param name="lanes">The number of lanes that share them evenly.</param>
/// <param name="optionsOf">The history of a topic whose events come from another node; null when this node does not declare any.</param>
/// <param name="clock">The clocks of this node.</param>
internal sealed class LaneHistory(Origin origin, HistorySettings settings, int lanes, Func<string, HistoryOptions?> optionsOf, TimeProvider clock)
{
    /// <summary>A topic that this node does not declare: its numbers are remembered, its events are not kept.</summary>
    private static readonly HistoryOptions NumbersOnly = new(0, TimeSpan.Zero);

    private static readonly long SlackMinutes = (long)HistorySettings.Slack.TotalMinutes;

    private readonly Dictionary<string, TopicHistory> _topics = new(StringComparer.Ordinal);
    private readonly KeptEvents _events = new();
    private readonly long _listedFor = (long)settings.ListedFor.TotalMilliseconds;
    private readonly long _rememberedFor = (long)settings.RememberedFor.TotalMilliseconds;
    private readonly long _maxSize = settings.MaxMemory / lanes;
    private readonly int _maxTopics = Math.Max(1, settings.MaxTopics / lanes);

    // The greatest number of a topic of this node that was forgotten. A topic that is used again begins behind it, so no number is used twice.
    private long _forgottenNumber;
    private long _hybridTime;
    private (long Minute, long Time)? _memoryFloor;
    private (long Minute, long Time)? _unreadable;

    /// <summary>The life of this node.</summary>
    public Origin Origin => origin;

    /// <summary>The history of this lane; default before the lane is ready.</summary>
    public Origin History { get; set; }

    /// <summary>Called when an entry of a keyed topic has changed: with the topic, the key, and the entry; null when it is forgotten. Must not throw.</summary>
    public Action<string, string, KeyedEntry?>? EntryChanged { get; init; }

    /// <summary>Called when entries of a store were dropped to make room for others, with their number. Must not throw.</summary>
    public Action<int>? EntriesDropped { get; init; }

    /// <summary>All topics that are remembered.</summary>
    public IReadOnlyDictionary<string, TopicHistory> Topics => _topics;

    /// <summary>The memory of the kept events, in bytes.</summary>
    public long Size => _events.Size;

    /// <summary>The number of kept events.</summary>
    public int Count => _events.Count;

    /// <summary>The monotonic clock, in milliseconds.</summary>
    public long Now => clock.GetMilliseconds();

    private long Minute => clock.GetUtcNow().ToUnixTimeSeconds() / 60;

    /// <summary>The topic of that name; null when nothing is known of it.</summary>
    public TopicHistory? Find(string topic) => _topics.GetValueOrDefault(topic);

    /// <summary>The topic of that name, which is created when nothing is known of it.</summary>
    public TopicHistory GetOrAdd(string topic, HistoryOptions options)
    {
        if (_topics.TryGetValue(topic, out var known))
            return known;
        MakeRoomForTopic();
        var added = new TopicHistory(topic, options, Minute) { LastTime = Now };
        _topics.Add(topic, added);
        return added;
    }

    /// <summary>Gives an event of this node its number and, in a keyed topic, its stamp. <see cref="Apply"/> has to follow.</summary>
    /// <returns>The topic of the event.</returns>
    public TopicHistory Number(ReplicatedEvent published, HistoryOptions options)
    {
        var topic = GetOrAdd(published.Topic, options);
        if (published.Write is { Stamp: { Time: 0 } } write)
        {
            write.Stamp = NextStamp();
            if (write.IsClear)
                write.Base = write.Stamp;
        }

        published.SetNumber(origin, (topic.Find(origin)?.Max ?? _forgottenNumber) + 1);
        return topic;
    }

    /// <summary>Takes an event with a number over, from this node or from another one, and keeps it.</summary>
    /// <param name="content">The event.</param>
    /// <param name="isCurrent">False when the event writes a key to which a later write is known.</param>
    /// <param name="age">How old the event is, in milliseconds; more than 0 only for one that was copied.</param>
    /// <returns>False when the event was taken over before.</returns>
    public bool Apply(ReplicatedEvent content, out bool isCurrent, long age = 0)
    {
        isCurrent = true;
        var topic = GetOrAdd(content.Topic, optionsOf(content.Topic) ?? NumbersOnly);
        var time = Now - age;
        if (topic.Find(content.Origin) is { } numbers)
        {
            if (content.Number <= numbers.Max)
                return false;
            if (time - numbers.LastTime > _listedFor)
                numbers.Base = numbers.Max;
        }
        else
        {
            numbers = topic.Add(content.Origin, content.Number - 1, time);
        }

        // Ages come from the clocks of two nodes. The order of numbers stays the order of arrival.
        time = Math.Max(time, numbers.LastTime);
        if (content.Number > numbers.Max + 1)
            Jump(topic, numbers, content.Number - 1);
        numbers.Max = content.Number;
        numbers.LastTime = topic.LastTime = time;
        if (content.Write is { } write)
        {
            Observe(write.Stamp);
            var entry = new KeyedEntry(write.Stamp, write.Value, write.Owner, Now) { Base = write.Base };
            isCurrent = topic.Write(write.Key, entry);
            if (isCurrent)
            {
                EntryChanged?.Invoke(topic.Name, write.Key, entry);
                DropExcess(topic, write.Key);
            }
        }

        Keep(topic, content, time);
        return true;
    }

    /// <summary>Notes an event without a number in a topic that this node declares with history: its publisher has another version of the application.</summary>
    public void NoteUnnumbered(string topic)
    {
        if (optionsOf(topic) is { } options)
            GetOrAdd(topic, options).Unnumbered = (Minute, Now);
    }

    /// <summary>Notes that events of another node can't be read. Nobody knows to which topics they belong, so every older position of the lane is lost.</summary>
    public void NoteUnreadable() => _unreadable = (Minute, Now);

    /// <summary>The position of a client that has everything that this node has now.</summary>
    public Position PositionOf(string topic)
    {
        var numbers = new Dictionary<Origin, long>();
        var now = Now;
        foreach (var known in Find(topic)?.Numbers ?? [])
        {
            if (now - known.LastTime <= _listedFor)
                numbers[known.Origin] = known.Max;
        }

        return new Position(numbers, History, Minute) { TakenAt = now };
    }

    /// <summary>Judges the position of a client, in the order of the rules of resume.</summary>
    /// <param name="name">The topic.</param>
    /// <param name="since">The position.</param>
    /// <param name="isIncomplete">True when this node knows that it lacks batches of other nodes.</param>
    public Verdict Judge(string name, Position since, bool isIncomplete)
    {
        if (since.Histories.Count != 1 || !since.Histories.TryGetValue(History, out var minute))
            return Verdict.Lost(LossReason.Unknown);
        var topic = Find(name);
        if (IsTooOld(topic, since, minute))
            return Verdict.Lost(LossReason.Expired);
        if (isIncomplete || KnowsMore(since, topic))
            return Verdict.Wait;

        var start = new Dictionary<Origin, long>();
        if (topic is null)
            return Verdict.Complete(new Position(start, History, minute), []);
        var now = Now;
        EvictAged(topic, now);
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
            ? Verdict.Complete(new Position(listed, History, minute), replay)
            : Verdict.Lost(LossReason.Limit);
    }

    /// <summary>Advances the hybrid clock, so that the next stamp of this node is greater than one that it has seen.</summary>
    public void Observe(Stamp stamp) => _hybridTime = Math.Max(_hybridTime, stamp.Time);

    /// <summary>Forgets what is too old. Called at a regular interval.</summary>
    /// <param name="removalsKeptFor">How long the removal of a key is remembered, in milliseconds: until no older write can arrive.</param>
    public void Sweep(long removalsKeptFor)
    {
        var now = Now;
        List<TopicHistory>? empty = null;
        foreach (var topic in _topics.Values)
        {
            EvictAged(topic, now);
            if (topic.Entries is { Count: > 0 } entries)
                DropAged(topic, entries, now, removalsKeptFor);
            if (now - topic.LastTime <= _rememberedFor)
                continue;
            ForgetNumbers(topic, now);
            if (topic.Numbers.Count == 0 && topic.Entries is not { Count: > 0 })
                (empty ??= []).Add(topic);
        }

        foreach (var topic in empty ?? [])
            _topics.Remove(topic.Name);
    }

    /// <summary>Forgets everything, because a copy of another node begins.</summary>
    public void Clear()
    {
        foreach (var topic in _topics.Values)
        {
            NoteForgotten(topic.Find(origin));
            foreach (var key in topic.Entries?.Keys ?? Enumerable.Empty<string>())
                EntryChanged?.Invoke(topic.Name, key, null);
        }

        _topics.Clear();
        _events.Replace([]);
    }

    /// <summary>Takes over what another node knows of a topic; see <see cref="TopicPicture"/>.</summary>
    /// <param name="picture">What the other node knows.</param>
    /// <param name="elapsed">The time since the picture was taken, in milliseconds, which is added to its ages.</param>
    /// <param name="deliver">Called for each event that this node did not have, when it continues the numbers of this node; null while the node is not ready.</param>
    /// <returns>True when events are missing that nobody has any more.</returns>
    public bool Merge(TopicPicture picture, long elapsed, Action<ReplicatedEvent, bool>? deliver)
    {
        var topic = GetOrAdd(picture.Name, optionsOf(picture.Name) ?? NumbersOnly);
        topic.RememberedSince = Math.Min(topic.RememberedSince, Minute - picture.RememberedFor);
        var hasHole = false;
        foreach (var known in picture.Numbers)
            hasHole |= MergeNumbers(topic, picture, known, elapsed, deliver);
        // The entries follow the events. Otherwise the events would seem to be overwritten.
        foreach (var (key, entry) in picture.Entries)
        {
            Observe(entry.Stamp);
            // A removal is remembered for its whole time: until no older write can arrive here.
            var merged = entry with { Time = entry.Value is null ? Now : Now - elapsed - entry.Time };
            if (topic.Write(key, merged))
                EntryChanged?.Invoke(topic.Name, key, merged);
        }

        topic.Replace([.. topic.Events().OrderBy(kept => kept.Time)]);
        return hasHole;
    }

    /// <summary>Restores the order and the limits of the lane after <see cref="Merge"/>.</summary>
    public void EndMerge()
    {
        _events.Replace(_topics.Values.SelectMany(topic => topic.Events()));
        foreach (var topic in _topics.Values)
        {
            EvictExcess(topic);
            DropExcess(topic, newest: null);
        }

        EvictAboveSize();
    }

    /// <summary>What this node knows of all topics, in one turn. It has references to the events, not copies.</summary>
    public List<TopicPicture> TakePicture()
    {
        var (now, minute) = (Now, Minute);
        var pictures = new List<TopicPicture>(_topics.Count);
        foreach (var topic in _topics.Values)
        {
            EvictAged(topic, now);
            pictures.Add(new TopicPicture(
                topic.Name, minute - topic.RememberedSince,
                [.. topic.Numbers.Select(numbers => new NumbersPicture(numbers.Origin, numbers.Max, numbers.Base, numbers.Floor, now - numbers.LastTime))],
                [.. topic.Events().Select(kept => (kept.Event, now - kept.Time))],
                topic.Entries is { } entries ? [.. entries.Select(entry => (entry.Key, entry.Value with { Time = now - entry.Value.Time }))] : []));
        }

        return pictures;
    }

    /// <summary>Returns a stamp that is greater than every stamp that this node has seen.</summary>
    private Stamp NextStamp()
    {
        _hybridTime = Math.Max(clock.GetUtcNow().ToUnixTimeMilliseconds(), _hybridTime + 1);
        return new Stamp(_hybridTime, origin);
    }

    private bool MergeNumbers(TopicHistory topic, TopicPicture picture, NumbersPicture known, long elapsed, Action<ReplicatedEvent, bool>? deliver)
    {
        var numbers = topic.Find(known.Origin);
        if (numbers is not null && numbers.Max >= known.Max)
            return false;
        var now = Now;
        var events = picture.Events.Where(kept => kept.Event.Origin == known.Origin);
        var hasHole = false;
        if (numbers is null && deliver is not null && (_memoryFloor is not null || known.Origin == origin))
        {
            // This node may have delivered the events and forgotten the topic before its time. The subscribers get the position, and ask for what they lack. The
            // source may not have the last numbers that this node has given, and no number is given twice.
            var max = known.Origin == origin ? Math.Max(known.Max, _forgottenNumber) : known.Max;
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
            DropEvents(topic, known.Origin);
            numbers.Floor = numbers.Max = known.Floor;
            hasHole = true;
        }

        foreach (var (content, age) in events)
        {
            if (content.Number <= numbers.Max)
                continue;
            if (deliver is not null)
            {
                if (Apply(content, out var isCurrent, age + elapsed))
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

    private bool IsTooOld(TopicHistory? topic, Position since, long minute)
    {
        if (Minute - minute > settings.PositionLifetime.TotalMinutes)
            return true;
        // The slack between the clocks of nodes does not apply to a position of this node. It would make every snapshot fail for as long.
        if (since.TakenAt is { } taken)
            return topic?.Unnumbered?.Time >= taken || _memoryFloor?.Time >= taken || _unreadable?.Time >= taken;
        if (_unreadable is { } unreadable && minute <= unreadable.Minute + SlackMinutes)
            return true;
        if (topic?.Unnumbered is { } unnumbered && minute <= unnumbered.Minute + SlackMinutes)
            return true;
        // Topics were forgotten before their time. A topic that has been remembered since before the position was not one of them.
        return _memoryFloor is { } floor && minute <= floor.Minute + SlackMinutes && !(topic is not null && topic.RememberedSince + SlackMinutes < minute);
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

    private void Keep(TopicHistory topic, ReplicatedEvent content, long time)
    {
        if (topic.Options.MaxEvents == 0 || content.Size + KeptEvent.Overhead > _maxSize)
        {
            // The numbers before it are not a history without it.
            DropEvents(topic, content.Origin);
            topic.NoteEvicted(content);
            return;
        }

        var kept = new KeptEvent(topic, content, time);
        topic.Append(kept);
        _events.Add(kept);
        EvictExcess(topic);
        EvictAged(topic, Now);
        EvictAboveSize();
    }

    private void EvictExcess(TopicHistory topic)
    {
        while (topic.Count > topic.Options.MaxEvents)
            _events.Remove(topic.RemoveOldest());
    }

    private void EvictAged(TopicHistory topic, long now)
    {
        var limit = now - (long)topic.Options.MaxAge.TotalMilliseconds;
        while (topic.Oldest is { } oldest && oldest.Time < limit)
            _events.Remove(topic.RemoveOldest());
    }

    private void EvictAboveSize()
    {
        while (_events.Size > _maxSize && _events.Oldest is { } oldest)
            _events.Remove(oldest.Topic.RemoveOldest());
    }

    // The numbers between are unknown here, so the events before them are no history of the origin any more.
    private void Jump(TopicHistory topic, OriginNumbers numbers, long before)
    {
        DropEvents(topic, numbers.Origin);
        numbers.Base = numbers.Floor = before;
    }

    private void DropEvents(TopicHistory topic, Origin of)
    {
        if (!topic.Events().Any(kept => kept.Event.Origin == of))
            return;
        var (dropped, left) = (new List<KeptEvent>(), new List<KeptEvent>());
        foreach (var kept in topic.Events())
            (kept.Event.Origin == of ? dropped : left).Add(kept);
        topic.Replace(left);
        foreach (var kept in dropped)
        {
            topic.NoteEvicted(kept.Event);
            _events.Remove(kept);
        }
    }

    // Removals that no older write can follow, and the entries of a store that were not used for its lifetime.
    private void DropAged(TopicHistory topic, Dictionary<string, KeyedEntry> entries, long now, long removalsKeptFor)
    {
        var lifetime = topic.Options.Bounds is { } bounds ? (long)bounds.Lifetime.TotalMilliseconds : long.MaxValue;
        foreach (var (key, entry) in entries)
        {
            if (now - entry.Time > (entry.Value is null ? removalsKeptFor : lifetime))
                Drop(topic, key);
        }
    }

    private void DropExcess(TopicHistory topic, string? newest)
    {
        if (topic.Entries is null || topic.Options.Bounds?.Excess(topic, newest) is not { } excess)
            return;
        var before = topic.LiveEntries;
        foreach (var key in excess)
            Drop(topic, key);
        if (topic.LiveEntries < before)
            EntriesDropped?.Invoke(before - topic.LiveEntries);
    }

    private void Drop(TopicHistory topic, string key)
    {
        topic.Drop(key);
        EntryChanged?.Invoke(topic.Name, key, null);
    }

    private void ForgetNumbers(TopicHistory topic, long now)
    {
        var kept = topic.Events().Select(one => one.Event.Origin).ToHashSet();
        topic.Forget(numbers =>
        {
            if (now - numbers.LastTime <= _rememberedFor || kept.Contains(numbers.Origin))
                return false;
            NoteForgotten(numbers);
            return true;
        });
    }

    // Under pressure the topic goes that was quiet for the longest time. Positions in it can't be told from positions in a topic without events.
    private void MakeRoomForTopic()
    {
        if (_topics.Count < _maxTopics)
            return;
        // A scan for each new topic would be slow, so a part of the topics goes at once. A topic with entries is state, not history, and stays.
        var count = Math.Max(1, _maxTopics / 64);
        foreach (var topic in _topics.Values.Where(topic => topic.Entries is not { Count: > 0 }).OrderBy(topic => topic.LastTime).Take(count).ToList())
        {
            while (topic.Oldest is not null)
                _events.Remove(topic.RemoveOldest());
            NoteForgotten(topic.Find(origin));
            _topics.Remove(topic.Name);
        }

        _memoryFloor = (Minute, Now);
    }

    private void NoteForgotten([AllowNull] OriginNumbers numbers)
    {
        if (numbers is not null && numbers.Origin == origin)
            _forgottenNumber = Math.Max(_forgottenNumber, numbers.Max);
    }
}
