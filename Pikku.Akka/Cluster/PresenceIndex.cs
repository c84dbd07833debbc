namespace Pikku.Akka.Cluster;

/// <summary>Who is where, as this node knows it. Safe from any thread.</summary>
internal sealed class PresenceIndex
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Dictionary<string, string>> _places = new(StringComparer.Ordinal);

    public void Put(string place, string channelId, string about)
    {
        lock (_gate)
        {
            if (!_places.TryGetValue(place, out var there))
                _places.Add(place, there = new Dictionary<string, string>(StringComparer.Ordinal));
            there[channelId] = about;
        }
    }

    public void Remove(string place, string channelId)
    {
        lock (_gate)
        {
            if (_places.TryGetValue(place, out var there) && there.Remove(channelId) && there.Count == 0)
                _places.Remove(place);
        }
    }

    /// <summary>What is told about a connection at a place; null when it is not there.</summary>
    public string? Find(string place, string channelId)
    {
        lock (_gate)
            return _places.GetValueOrDefault(place)?.GetValueOrDefault(channelId);
    }

    /// <summary>Who is at a place, and what is told about them.</summary>
    public KeyValuePair<string, string>[] At(string place)
    {
        lock (_gate)
            return _places.TryGetValue(place, out var there) ? [.. there] : [];
    }

    public int Count(string place)
    {
        lock (_gate)
            return _places.TryGetValue(place, out var there) ? there.Count : 0;
    }

    /// <summary>Places that somebody is at.</summary>
    public int Places
    {
        get
        {
            lock (_gate)
                return _places.Count;
        }
    }
}
