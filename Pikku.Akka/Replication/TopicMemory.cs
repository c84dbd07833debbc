using System.Diagnostics.CodeAnalysis;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Replication;

/// <summary>
/// The topics with history of one lane and their kept events, within the limits of the lane: what is too old, too much for its topic or too much for the lane is
/// removed. Not thread-safe: the lane owns it.
/// </summary>
/// <param name="origin">The life of this node.</param>
/// <param name="settings">The limits of the whole node.</param>
/// <param name="lanes">The number of lanes that share them evenly.</param>
/// <param name="clock">The clocks of this node.</param>
internal sealed class TopicMemory(Origin origin, HistorySettings settings, int lanes, TimeProvider clock)
{
    private readonly Dictionary<string, TopicHistory> _topics = new(StringComparer.Ordinal);
    private readonly KeptEvents _events = new();
    private readonly long _rememberedFor = (long)settings.RememberedFor.TotalMilliseconds;
    private readonly long _maxSize = settings.MaxMemory / lanes;
    private readonly int _maxTopics = Math.Max(1, settings.MaxTopics / lanes);
    private int _makesRoomAt = Math.Max(1, settings.MaxTopics / lanes);

    // The number of topics that are forgotten at once.
    private int RoomStep => Math.Max(1, _maxTopics / 64);

    /// <summary>All topics that are remembered.</summary>
    public IReadOnlyDictionary<string, TopicHistory> Topics => _topics;

    /// <summary>The memory of the kept events, in bytes.</summary>
    public long Size => _events.Size;

    /// <summary>The number of kept events.</summary>
    public int Count => _events.Count;

    /// <summary>The greatest number of a topic of this node that was forgotten. A topic that is used again begins behind it, so no number is used twice.</summary>
    public long ForgottenNumber { get; private set; }

    /// <summary>
    /// When topics were last forgotten before their time: the minute since 1970, and the time in milliseconds of the monotonic clock of this node. Null for never.
    /// </summary>
    public (long Minute, long Time)? Floor { get; private set; }

    /// <summary>The topic of that name; null when nothing is known of it.</summary>
    public TopicHistory? Find(string topic) => _topics.GetValueOrDefault(topic);

    /// <summary>The topic of that name, which is created when nothing is known of it.</summary>
    public TopicHistory GetOrAdd(string topic, HistoryOptions options)
    {
        if (_topics.TryGetValue(topic, out var known))
            return known;
        if (_topics.Count >= _makesRoomAt)
            MakeRoom();
        var added = new TopicHistory(topic, options, clock.GetMinute()) { LastTime = clock.GetMilliseconds() };
        _topics.Add(topic, added);
        return added;
    }

    /// <summary>Keeps an event, and removes what has no room beside it.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="content">The event.</param>
    /// <param name="time">When it arrived, in milliseconds of the monotonic clock.</param>
    /// <param name="now">The monotonic clock.</param>
    public void Keep(TopicHistory topic, ReplicatedEvent content, long time, long now)
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
        EvictAged(topic, now);
        EvictAboveSize();
    }

    /// <summary>Removes the events of a topic that are too old.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="now">The monotonic clock, in milliseconds.</param>
    public void EvictAged(TopicHistory topic, long now)
    {
        var limit = now - (long)topic.Options.MaxAge.TotalMilliseconds;
        while (topic.Oldest is { } oldest && oldest.Time < limit)
            _events.Remove(topic.RemoveOldest());
    }

    /// <summary>Removes the events of an origin, because they are no history without those that follow.</summary>
    public void DropEvents(TopicHistory topic, Origin of)
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

    /// <summary>Forgets what is too old. Called at a regular interval.</summary>
    /// <param name="removalsKeptFor">How long the removal of a key is remembered, in milliseconds: until no older write can arrive.</param>
    public void Sweep(long removalsKeptFor)
    {
        var now = clock.GetMilliseconds();
        List<TopicHistory>? empty = null;
        foreach (var topic in _topics.Values)
        {
            EvictAged(topic, now);
            if (topic.Entries is { Count: > 0 } entries)
                RemoveTombstones(entries, now - removalsKeptFor);
            if (now - topic.LastTime <= _rememberedFor)
                continue;
            ForgetNumbers(topic, now);
            if (topic.Numbers.Count == 0 && topic.Entries is not { Count: > 0 })
                (empty ??= []).Add(topic);
        }

        foreach (var topic in empty ?? [])
            _topics.Remove(topic.Name);
        _makesRoomAt = Math.Max(_maxTopics, Math.Min(_makesRoomAt, _topics.Count + RoomStep));
    }

    /// <summary>Forgets everything, because a copy of another node begins.</summary>
    public void Clear()
    {
        foreach (var topic in _topics.Values)
            NoteForgotten(topic.Find(origin));
        _topics.Clear();
        _events.Replace([]);
        _makesRoomAt = _maxTopics;
    }

    /// <summary>Restores the order and the limits after events were added in the order of another node.</summary>
    public void Arrange()
    {
        _events.Replace(_topics.Values.SelectMany(topic => topic.Events()));
        foreach (var topic in _topics.Values)
            EvictExcess(topic);
        EvictAboveSize();
    }

    private void EvictExcess(TopicHistory topic)
    {
        while (topic.Count > topic.Options.MaxEvents)
            _events.Remove(topic.RemoveOldest());
    }

    private void EvictAboveSize()
    {
        while (_events.Size > _maxSize && _events.Oldest is { } oldest)
            _events.Remove(oldest.Topic.RemoveOldest());
    }

    private static void RemoveTombstones(Dictionary<string, KeyedEntry> entries, long before)
    {
        foreach (var (key, entry) in entries)
        {
            if (entry.Value is null && entry.Time < before)
                entries.Remove(key);
        }
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
    private void MakeRoom()
    {
        // A scan for each new topic would be slow, so a part of the topics goes at once. A topic with entries is state, not history, and stays.
        var quiet = _topics.Values.Where(topic => topic.Entries is not { Count: > 0 }).OrderBy(topic => topic.LastTime).Take(RoomStep).ToList();
        foreach (var topic in quiet)
        {
            while (topic.Oldest is not null)
                _events.Remove(topic.RemoveOldest());
            NoteForgotten(topic.Find(origin));
            _topics.Remove(topic.Name);
        }

        if (quiet.Count > 0)
            Floor = (clock.GetMinute(), clock.GetMilliseconds());
        // Where state fills the limit, the next scan comes after as many new topics as one scan removes.
        _makesRoomAt = Math.Max(_maxTopics, quiet.Count > 0 ? 0 : _topics.Count + RoomStep);
    }

    private void NoteForgotten([AllowNull] OriginNumbers numbers)
    {
        if (numbers is not null && numbers.Origin == origin)
            ForgottenNumber = Math.Max(ForgottenNumber, numbers.Max);
    }
}
