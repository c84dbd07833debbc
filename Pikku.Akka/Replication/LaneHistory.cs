using Pikku.Akka.Diagnostics;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Replication;

/// <summary>
/// The topics with history of one lane: it numbers the events of this node, keeps the last events within their limits, and judges the positions of clients that
/// come back. It knows nothing of other nodes. Not thread-safe: the lane owns it.
/// </summary>
internal sealed class LaneHistory
{
    /// <summary>A topic that this node does not declare: its numbers are remembered, its events are not kept.</summary>
    private static readonly HistoryOptions NumbersOnly = new(0, TimeSpan.Zero);

    private readonly Func<string, HistoryOptions?> _optionsOf;
    private readonly TimeProvider _clock;
    private readonly TopicMemory _memory;
    private readonly PositionJudge _judge;
    private readonly HistoryMerge _merge;
    private readonly long _listedFor;
    private readonly long _maxStateSize;
    private long _hybridTime;

    /// <param name="origin">The life of this node.</param>
    /// <param name="settings">The limits of the whole node.</param>
    /// <param name="lanes">The number of lanes that share them evenly.</param>
    /// <param name="optionsOf">The history of a topic whose events come from another node; null when this node does not declare any.</param>
    /// <param name="clock">The clocks of this node.</param>
    public LaneHistory(Origin origin, HistorySettings settings, int lanes, Func<string, HistoryOptions?> optionsOf, TimeProvider clock)
    {
        Origin = origin;
        (_optionsOf, _clock) = (optionsOf, clock);
        _memory = new TopicMemory(origin, settings, lanes, clock);
        _judge = new PositionJudge(_memory, settings, clock);
        _merge = new HistoryMerge(origin, this, _memory, clock);
        _listedFor = (long)settings.ListedFor.TotalMilliseconds;
        _maxStateSize = settings.MaxStateMemory / lanes;
    }

    /// <summary>The life of this node.</summary>
    public Origin Origin { get; }

    /// <summary>The history of this lane; default before the lane is ready.</summary>
    public Origin History { get; set; }

    /// <summary>Called when an entry of a keyed topic has changed: with the topic, the key, and the entry; null when it is forgotten. Must not throw.</summary>
    public Action<string, string, KeyedEntry?>? EntryChanged { get; init; }

    /// <summary>Called when entries of a store were dropped to make room for others, with the topic and their number. Must not throw.</summary>
    public Action<string, int>? EntriesDropped { get; init; }

    /// <summary>All topics that are remembered.</summary>
    public IReadOnlyDictionary<string, TopicHistory> Topics => _memory.Topics;

    /// <summary>The memory of the kept events, in bytes.</summary>
    public long Size => _memory.Size;

    /// <summary>The number of kept events.</summary>
    public int Count => _memory.Count;

    /// <summary>The memory of the entries that clients may see, in bytes; those of a store have their own limits.</summary>
    public long StateSize { get; private set; }

    /// <summary>The monotonic clock, in milliseconds.</summary>
    public long Now => _clock.GetMilliseconds();

    /// <summary>The topic of that name; null when nothing is known of it.</summary>
    public TopicHistory? Find(string topic) => _memory.Find(topic);

    /// <summary>The topic of that name, which is created when nothing is known of it.</summary>
    public TopicHistory GetOrAdd(string topic) => _memory.Find(topic) ?? _memory.GetOrAdd(topic, _optionsOf(topic) ?? NumbersOnly);

    /// <summary>Gives an event of this node its number and, in a keyed topic, its stamp. <see cref="Apply(TopicHistory, ReplicatedEvent, out bool, long)"/> has to follow.</summary>
    /// <returns>The topic of the event.</returns>
    public TopicHistory Number(ReplicatedEvent published, HistoryOptions options)
    {
        var topic = _memory.GetOrAdd(published.Topic, options);
        if (published.Write is { Stamp: { Time: 0 } } write)
        {
            write.Stamp = NextStamp();
            if (write.IsClear)
                write.Base = write.Stamp;
        }

        published.SetNumber(Origin, (topic.Find(Origin)?.Max ?? _memory.ForgottenNumber) + 1);
        return topic;
    }

    /// <summary>Takes an event with a number over, from this node or from another one, and keeps it.</summary>
    /// <param name="content">The event.</param>
    /// <param name="isCurrent">False when the event writes a key to which a later write is known.</param>
    /// <param name="age">How old the event is, in milliseconds; more than 0 only for one that was copied.</param>
    /// <returns>False when the event was taken over before.</returns>
    public bool Apply(ReplicatedEvent content, out bool isCurrent, long age = 0) => Apply(GetOrAdd(content.Topic), content, out isCurrent, age);

    /// <inheritdoc cref="Apply(ReplicatedEvent, out bool, long)"/>
    /// <param name="topic">The topic of the event, for a caller that has found it already.</param>
    /// <param name="content">The event.</param>
    /// <param name="isCurrent">False when the event writes a key to which a later write is known.</param>
    /// <param name="age">How old the event is, in milliseconds; more than 0 only for one that was copied.</param>
    public bool Apply(TopicHistory topic, ReplicatedEvent content, out bool isCurrent, long age = 0)
    {
        isCurrent = true;
        var now = Now;
        var time = now - age;
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
            isCurrent = Write(topic, write.Key, new KeyedEntry(write.Stamp, write.Value, write.Owner, Now) { Base = write.Base });
        _memory.Keep(topic, content, time, now);
        return true;
    }

    /// <summary>Notes an event without a number in a topic that this node declares with history: its publisher has another version of the application.</summary>
    public void NoteUnnumbered(string topic)
    {
        if (_optionsOf(topic) is { } options)
            _memory.GetOrAdd(topic, options).Unnumbered = (_clock.GetMinute(), Now);
    }

    /// <inheritdoc cref="PositionJudge.NoteUnreadable"/>
    public void NoteUnreadable() => _judge.NoteUnreadable();

    /// <summary>The position of a client that has everything that this node has now.</summary>
    public Position PositionOf(string topic) => _judge.PositionOf(topic, History);

    /// <summary>Judges the position of a client.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="since">The position.</param>
    /// <param name="isIncomplete">True when this node knows that it lacks batches of other nodes.</param>
    public Verdict Judge(string topic, Position since, bool isIncomplete) => _judge.Judge(topic, since, History, isIncomplete);

    /// <summary>Forgets what is too old. Called at a regular interval.</summary>
    /// <param name="removalsKeptFor">How long the removal of a key is remembered, in milliseconds: until no older write can arrive.</param>
    public void Sweep(long removalsKeptFor)
    {
        foreach (var topic in _memory.Topics.Values)
        {
            if (topic.Entries is { Count: > 0 } entries)
                DropAged(topic, entries, removalsKeptFor);
        }

        _memory.Sweep();
    }

    /// <inheritdoc cref="TopicMemory.Clear"/>
    public void Clear()
    {
        foreach (var topic in _memory.Topics.Values)
        {
            foreach (var key in topic.Entries?.Keys ?? Enumerable.Empty<string>())
                EntryChanged?.Invoke(topic.Name, key, null);
        }

        _memory.Clear();
        StateSize = 0;
    }

    /// <inheritdoc cref="HistoryMerge.TakePicture"/>
    public List<TopicPicture> TakePicture() => _merge.TakePicture();

    /// <inheritdoc cref="HistoryMerge.Merge"/>
    public bool Merge(TopicPicture picture, long elapsed, Action<ReplicatedEvent, bool>? deliver) => _merge.Merge(picture, elapsed, deliver);

    /// <summary>Restores the order and the limits of the lane after <see cref="Merge"/>.</summary>
    public void EndMerge()
    {
        _memory.Arrange();
        foreach (var topic in _memory.Topics.Values)
            DropExcess(topic, newest: null);
    }

    /// <summary>Writes an entry of a keyed topic, unless a later write is known.</summary>
    /// <returns>False when a later write is known.</returns>
    public bool Write(TopicHistory topic, string key, KeyedEntry entry)
    {
        Observe(entry.Stamp);
        var size = topic.EntrySize;
        if (!topic.Write(key, entry))
            return false;
        CountState(topic, size);
        EntryChanged?.Invoke(topic.Name, key, entry);
        DropExcess(topic, key);
        return true;
    }

    /// <summary>
    /// True when a write of this node fits into the memory for state. The writes of other nodes are always taken over, because all nodes must have the same entries.
    /// </summary>
    public bool HasRoomFor(string topic, KeyedWrite write)
    {
        if (write.Value is not { } value)
            return true;
        var known = Find(topic)?.Entries?.GetValueOrDefault(write.Key);
        var growth = KeyedEntry.SizeOf(write.Key, value) - (known?.Value is { } old ? KeyedEntry.SizeOf(write.Key, old) : 0);
        return growth <= 0 || StateSize + growth <= _maxStateSize;
    }

    /// <summary>Advances the hybrid clock, so that the next stamp of this node is greater than one that it has seen.</summary>
    public void Observe(Stamp stamp) => _hybridTime = Math.Max(_hybridTime, stamp.Time);

    // Removals that no older write can follow, and the entries of a store that were not used for its lifetime.
    private void DropAged(TopicHistory topic, Dictionary<string, KeyedEntry> entries, long removalsKeptFor)
    {
        var now = Now;
        var lifetime = topic.Options.Bounds is { } bounds ? (long)bounds.Lifetime.TotalMilliseconds : long.MaxValue;
        foreach (var (key, entry) in entries)
        {
            if (now - entry.Time > (entry.Value is null ? removalsKeptFor : lifetime))
                Drop(topic, key);
        }
    }

    private void DropExcess(TopicHistory topic, string? newest)
    {
        if (topic.Options.Bounds is not { } bounds || topic.Entries is null || bounds.Excess(topic, newest) is not { } excess)
            return;
        var before = topic.LiveEntries;
        foreach (var key in excess)
            Drop(topic, key);
        if (topic.LiveEntries < before)
            EntriesDropped?.Invoke(topic.Name, before - topic.LiveEntries);
    }

    private void Drop(TopicHistory topic, string key)
    {
        var size = topic.EntrySize;
        topic.Drop(key);
        CountState(topic, size);
        EntryChanged?.Invoke(topic.Name, key, null);
    }

    private void CountState(TopicHistory topic, long before)
    {
        if (topic.Options.Bounds is null)
            StateSize += topic.EntrySize - before;
    }

    /// <summary>Returns a stamp that is greater than every stamp that this node has seen.</summary>
    private Stamp NextStamp()
    {
        _hybridTime = Math.Max(_clock.GetUtcNow().ToUnixTimeMilliseconds(), _hybridTime + 1);
        return new Stamp(_hybridTime, Origin);
    }

    // The numbers between are unknown here, so the events before them are no history of the origin any more.
    private void Jump(TopicHistory topic, OriginNumbers numbers, long before)
    {
        _memory.DropEvents(topic, numbers.Origin);
        numbers.Base = numbers.Floor = before;
    }
}
