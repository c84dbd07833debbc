using System.Collections.Concurrent;
using Pikku.Akka.Replication;

namespace Pikku.Akka.EventHub;

/// <summary>
/// The stored sessions of all users, as this node knows them. They are the entries of one keyed topic for each lane, which the lanes replicate and write here.
/// No client and no code of the application can use these topics, see <see cref="TopicName"/>. Thread-safe.
/// </summary>
/// <param name="capacity">The maximum number of sessions.</param>
/// <param name="maxSize">The maximum memory of the sessions, in bytes.</param>
/// <param name="lifetime">How long a session is kept without being used.</param>
internal sealed class SessionIndex(int capacity, long maxSize, TimeSpan lifetime)
{
    /// <summary>The names of topics that begin like this are not available to the application.</summary>
    public const string TopicPrefix = "pikku:sessions:";

    /// <summary>A hash spreads the users over the lanes, not quite evenly. Each lane may have this part more than its share, so that all together keep the capacity.</summary>
    private const int Unevenness = 32;

    private static readonly string[] s_topics = [.. Enumerable.Range(0, Lanes.Count).Select(TopicOfLane)];

    private readonly ConcurrentDictionary<string, KeyedEntry> _entries = new(StringComparer.Ordinal);

    /// <summary>
    /// The options of the topics. They keep entries and no events, so sessions do not use the memory of <c>pikku.history</c>. The lanes share the limits.
    /// </summary>
    public HistoryOptions Options { get; } = new(0, TimeSpan.Zero)
    {
        IsKeyed = true,
        Bounds = new EntryBounds(capacity / Lanes.Count + capacity / Lanes.Count / Unevenness + 1, Math.Max(1, maxSize / Lanes.Count), lifetime),
    };

    /// <summary>The number of sessions and of removals that are remembered.</summary>
    public int Count => _entries.Count;

    /// <summary>Called when sessions were dropped to make room for others, with their number. Must not throw.</summary>
    public Action<int> Dropped { get; set; } = _ => { };

    /// <summary>The topic of a user's session.</summary>
    public static string TopicOf(string userId) => s_topics[Lanes.Of(userId)];

    /// <summary>True for the topics of sessions.</summary>
    public static bool IsTopic(string topic) => topic.StartsWith(TopicPrefix, StringComparison.Ordinal);

    /// <summary>The entry of a user; its value is null when the session was removed. Null when nothing is known.</summary>
    public KeyedEntry? Find(string userId) => _entries.GetValueOrDefault(userId);

    /// <summary>Sets what is known of a user; null for nothing any more. Only the lanes call this method.</summary>
    public void Set(string userId, KeyedEntry? entry)
    {
        if (entry is not null)
            _entries[userId] = entry;
        else
            _entries.TryRemove(userId, out _);
    }

    // The lane of a topic follows from its name, so the name is searched that has the lane.
    private static string TopicOfLane(int lane)
    {
        for (var number = 0; ; number++)
        {
            var topic = $"{TopicPrefix}{lane}.{number}";
            if (Lanes.Of(topic) == lane)
                return topic;
        }
    }
}
