namespace Pikku.Akka.Cluster;

/// <summary>Who is present in which topic, as this node knows it. Safe from any thread.</summary>
internal sealed class PresenceIndex
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Dictionary<string, string>> _topics = new(StringComparer.Ordinal);

    public void Put(string topic, string channelId, string about)
    {
        lock (_gate)
        {
            if (!_topics.TryGetValue(topic, out var there))
                _topics.Add(topic, there = new Dictionary<string, string>(StringComparer.Ordinal));
            there[channelId] = about;
        }
    }

    public void Remove(string topic, string channelId)
    {
        lock (_gate)
        {
            if (_topics.TryGetValue(topic, out var there) && there.Remove(channelId) && there.Count == 0)
                _topics.Remove(topic);
        }
    }

    /// <summary>What is told about a connection in a topic; null when it is not there.</summary>
    public string? Find(string topic, string channelId)
    {
        lock (_gate)
            return _topics.GetValueOrDefault(topic)?.GetValueOrDefault(channelId);
    }

    /// <summary>Who is present in a topic, and what is told about them.</summary>
    public KeyValuePair<string, string>[] At(string topic)
    {
        lock (_gate)
            return _topics.TryGetValue(topic, out var there) ? [.. there] : [];
    }

    public int Count(string topic)
    {
        lock (_gate)
            return _topics.TryGetValue(topic, out var there) ? there.Count : 0;
    }

    /// <summary>Topics in which somebody is present.</summary>
    public int Topics
    {
        get
        {
            lock (_gate)
                return _topics.Count;
        }
    }
}
