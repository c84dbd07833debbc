namespace Pikku.Akka.EventHub;

/// <summary>
/// The entries of all presence and state topics as this node knows them, for code of the application on any thread. The lanes own the entries and write each change
/// here. Thread-safe.
/// </summary>
internal sealed class KeyedIndex
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Dictionary<string, byte[]>> _topics = new(StringComparer.Ordinal);

    /// <summary>The number of topics with at least one entry.</summary>
    public int Topics
    {
        get
        {
            lock (_gate)
                return _topics.Count;
        }
    }

    /// <summary>Sets an entry, or removes it when the value is null.</summary>
    public void Set(string topic, string key, byte[]? value)
    {
        lock (_gate)
        {
            if (value is not null)
            {
                if (!_topics.TryGetValue(topic, out var entries))
                    _topics.Add(topic, entries = new Dictionary<string, byte[]>(StringComparer.Ordinal));
                entries[key] = value;
            }
            else if (_topics.TryGetValue(topic, out var entries) && entries.Remove(key) && entries.Count == 0)
            {
                _topics.Remove(topic);
            }
        }
    }

    /// <summary>The entries of a topic, each with its value as JSON.</summary>
    public KeyValuePair<string, byte[]>[] EntriesOf(string topic)
    {
        lock (_gate)
            return _topics.TryGetValue(topic, out var entries) ? [.. entries] : [];
    }

    public int Count(string topic)
    {
        lock (_gate)
            return _topics.TryGetValue(topic, out var entries) ? entries.Count : 0;
    }
}
