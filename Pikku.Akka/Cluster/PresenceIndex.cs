namespace Pikku.Akka.Cluster;

/// <summary>The presence entries of all nodes by topic, as this node knows them. Thread-safe.</summary>
internal sealed class PresenceIndex
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Dictionary<string, string>> _topics = new(StringComparer.Ordinal);

    public void Put(string topic, string channelId, string info)
    {
        lock (_gate)
        {
            if (!_topics.TryGetValue(topic, out var entries))
                _topics.Add(topic, entries = new Dictionary<string, string>(StringComparer.Ordinal));
            entries[channelId] = info;
        }
    }

    public void Remove(string topic, string channelId)
    {
        lock (_gate)
        {
            if (_topics.TryGetValue(topic, out var entries) && entries.Remove(channelId) && entries.Count == 0)
                _topics.Remove(topic);
        }
    }

    /// <summary>The info of a connection in a topic, as JSON; null when the connection is not present.</summary>
    public string? Find(string topic, string channelId)
    {
        lock (_gate)
            return _topics.GetValueOrDefault(topic)?.GetValueOrDefault(channelId);
    }

    /// <summary>The connections that are present in a topic, each with its info as JSON.</summary>
    public KeyValuePair<string, string>[] EntriesOf(string topic)
    {
        lock (_gate)
            return _topics.TryGetValue(topic, out var entries) ? [.. entries] : [];
    }

    public int Count(string topic)
    {
        lock (_gate)
            return _topics.TryGetValue(topic, out var entries) ? entries.Count : 0;
    }

    /// <summary>The number of topics with at least one connection.</summary>
    public int Topics
    {
        get
        {
            lock (_gate)
                return _topics.Count;
        }
    }
}
