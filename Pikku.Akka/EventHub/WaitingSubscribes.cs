namespace Pikku.Akka.EventHub;

/// <summary>
/// The subscribes of one lane that wait until this node has everything that their clients have. They are judged again after each event of their topic, and at a
/// regular interval. Not thread-safe: the lane owns it.
/// </summary>
/// <param name="limit">Counts the waiting subscribes of all lanes.</param>
internal sealed class WaitingSubscribes(WaitingLimit limit)
{
    private readonly Dictionary<string, List<WaitingSubscribe>> _topics = new(StringComparer.Ordinal);
    private readonly HashSet<string> _changed = new(StringComparer.Ordinal);

    /// <summary>True when a topic with a waiting subscribe has had an event.</summary>
    public bool HasChanged => _changed.Count > 0;

    /// <summary>Adds a subscribe.</summary>
    /// <returns>False when too many wait on this node.</returns>
    public bool TryAdd(in WaitingSubscribe waiting)
    {
        if (!limit.TryEnter())
            return false;
        var topic = waiting.Subscribe.Topic;
        if (!_topics.TryGetValue(topic, out var known))
            _topics.Add(topic, known = []);
        known.Add(waiting);
        return true;
    }

    /// <summary>Notes that a topic has had an event.</summary>
    public void NoteEvent(string topic)
    {
        if (_topics.Count > 0 && _topics.ContainsKey(topic))
            _changed.Add(topic);
    }

    /// <summary>Judges the subscribes to changed topics again.</summary>
    /// <param name="judge">Judges one subscribe; false when it has to wait on. It must not throw.</param>
    public void RetryChanged(Func<WaitingSubscribe, bool> judge)
    {
        string[] changed = [.. _changed];
        _changed.Clear();
        foreach (var topic in changed)
            Retry(topic, judge);
    }

    /// <summary>Judges all subscribes again.</summary>
    /// <inheritdoc cref="RetryChanged"/>
    public void RetryAll(Func<WaitingSubscribe, bool> judge)
    {
        if (_topics.Count == 0)
            return;
        _changed.Clear();
        foreach (var topic in _topics.Keys.ToArray())
            Retry(topic, judge);
    }

    private void Retry(string topic, Func<WaitingSubscribe, bool> judge)
    {
        if (!_topics.TryGetValue(topic, out var waiting))
            return;
        var finished = waiting.RemoveAll(one => judge(one));
        for (; finished > 0; finished--)
            limit.Leave();
        if (waiting.Count == 0)
            _topics.Remove(topic);
    }
}
