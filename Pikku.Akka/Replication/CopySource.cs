namespace Pikku.Akka.Replication;

/// <summary>A copy that this node hands out part by part. It holds references to the events and entries of one moment, while the lane goes on.</summary>
/// <param name="number">The number of the copy.</param>
/// <param name="head">The first part.</param>
/// <param name="topics">All topics.</param>
/// <param name="maxSize">The size of one part, in bytes; a part has at least one event or entry.</param>
internal sealed class CopySource(long number, LaneMessage.CopyHead head, IReadOnlyList<TopicPicture> topics, long maxSize)
{
    private const int NumbersSize = 40; // bytes
    private const int TopicSize = 32; // bytes

    private LaneMessage.CopyChunk? _last;
    private int _topic;
    private int _event;
    private int _entry;

    /// <summary>The number of the copy.</summary>
    public long Number => number;

    /// <summary>When a part was last asked for, in milliseconds.</summary>
    public long PulledAt { get; set; }

    /// <summary>Returns a part: the next one, or the last one again, because its first answer was lost.</summary>
    public LaneMessage? Part(int index)
    {
        if (index == 0)
            return head;
        if (_last?.Index == index)
            return _last;
        return index == (_last?.Index ?? 0) + 1 && _last?.IsLast != true ? _last = NextChunk(index) : null;
    }

    private LaneMessage.CopyChunk NextChunk(int index)
    {
        var (left, parts) = (maxSize, new List<TopicPicture>());
        while (_topic < topics.Count && (left > 0 || parts.Count == 0))
        {
            var topic = topics[_topic];
            var isFirst = _event == 0 && _entry == 0;
            left -= TopicSize + topic.Name.Length + (isFirst ? NumbersSize * topic.Numbers.Count : 0);
            var (events, entries) = (new List<(ReplicatedEvent, long)>(), new List<(string, KeyedEntry)>());
            for (; _event < topic.Events.Count && (left > 0 || events.Count == 0); _event++)
            {
                events.Add(topic.Events[_event]);
                left -= topic.Events[_event].Event.Size;
            }

            for (; _event == topic.Events.Count && _entry < topic.Entries.Count && (left > 0 || (entries.Count == 0 && events.Count == 0)); _entry++)
            {
                entries.Add(topic.Entries[_entry]);
                left -= KeyedEntry.Overhead + topic.Entries[_entry].Key.Length + (topic.Entries[_entry].Entry.Value?.Length ?? 0);
            }

            parts.Add(topic with { Numbers = isFirst ? topic.Numbers : [], Events = events, Entries = entries });
            if (_event < topic.Events.Count || _entry < topic.Entries.Count)
                break;
            (_topic, _event, _entry) = (_topic + 1, 0, 0);
        }

        return new LaneMessage.CopyChunk(number, index, _topic == topics.Count, parts);
    }
}
