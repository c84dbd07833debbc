using System.Collections.Concurrent;
using Pikku.Akka.Replication;

namespace Pikku.Akka.EventHub;

/// <summary>
/// A store that every node has as a whole, as this node knows it: the sessions of users, or the results of requests. It consists of the entries of one keyed topic for
/// each lane, which the lanes replicate and write here. No client and no code of the application can use these topics, see <see cref="TopicName"/>. Thread-safe.
/// </summary>
internal sealed class StoreIndex
{
    /// <summary>The names of the topics of sessions begin like this.</summary>
    public const string Sessions = "pikku:sessions:";

    /// <summary>The names of the topics of the results of requests begin like this.</summary>
    public const string Requests = "pikku:requests:";

    /// <summary>A hash spreads the keys over the lanes, not quite evenly. Each lane may have this part more than its share, so that all together keep the capacity.</summary>
    private const int Unevenness = 32;

    /// <summary>Longer than any call that may still store a session from before a log-out, and half as long as the lanes remember removals.</summary>
    private const long ClearsCountFor = LaneLimits.DefaultClosedFor / 2; // milliseconds

    private readonly ConcurrentDictionary<string, KeyedEntry> _entries = new(StringComparer.Ordinal);
    private readonly string _prefix;
    private readonly string[] _topics;

    /// <param name="prefix">One of the constants.</param>
    /// <param name="capacity">The maximum number of entries.</param>
    /// <param name="maxSize">The maximum memory of the entries, in bytes.</param>
    /// <param name="lifetime">How long an entry is kept without being used.</param>
    public StoreIndex(string prefix, int capacity, long maxSize, TimeSpan lifetime)
    {
        _prefix = prefix;
        _topics = [.. Enumerable.Range(0, Lanes.Count).Select(lane => TopicOfLane(prefix, lane))];
        Options = new HistoryOptions(0, TimeSpan.Zero)
        {
            IsKeyed = true,
            Bounds = new EntryBounds(capacity / Lanes.Count + capacity / Lanes.Count / Unevenness + 1, Math.Max(1, maxSize / Lanes.Count), lifetime, ClearsCountFor),
        };
    }

    /// <summary>
    /// The options of the topics. They keep entries and no events, so the store does not use the memory of <c>pikku.history</c>. The lanes share the limits.
    /// </summary>
    public HistoryOptions Options { get; }

    /// <summary>The number of entries and of removals that are remembered.</summary>
    public int Count => _entries.Count;

    /// <summary>Called when entries were dropped to make room for others, with their number. Must not throw.</summary>
    public Action<int> Dropped { get; set; } = _ => { };

    /// <summary>True for names that are not available to the application.</summary>
    public static bool IsReserved(string topic) => topic.StartsWith(Sessions, StringComparison.Ordinal) || topic.StartsWith(Requests, StringComparison.Ordinal);

    /// <summary>True for the topics of this store.</summary>
    public bool Owns(string topic) => topic.StartsWith(_prefix, StringComparison.Ordinal);

    /// <summary>The topic of a key.</summary>
    public string TopicOf(string key) => _topics[Lanes.Of(key)];

    /// <summary>The entry of a key; its value is null when it was removed. Null when nothing is known.</summary>
    public KeyedEntry? Find(string key) => _entries.GetValueOrDefault(key);

    /// <summary>Sets what is known of a key; null for nothing any more. Only the lanes call this method.</summary>
    public void Set(string key, KeyedEntry? entry)
    {
        if (entry is not null)
            _entries[key] = entry;
        else
            _entries.TryRemove(key, out _);
    }

    // The lane of a topic follows from its name, so the name is searched that has the lane.
    private static string TopicOfLane(string prefix, int lane)
    {
        for (var number = 0; ; number++)
        {
            var topic = $"{prefix}{lane}.{number}";
            if (Lanes.Of(topic) == lane)
                return topic;
        }
    }
}
