using Pikku.Akka.Replication;
using Pikku.Akka.Settings;

namespace Pikku.Akka.EventHub;

/// <summary>
/// Writes entries of presence and state topics, each as an event of the topic, and removes those of connections of this node that have ended. Thread-safe.
/// </summary>
/// <remarks>
/// The lock makes the order of two changes of one entry the order of their events, because both are sent to the lane within it. A connection that ends is found in
/// the directory no more and then removes its entries under the lock, so an entry that is set at the same time is either refused or removed.
/// </remarks>
/// <param name="client">Knows the lanes.</param>
/// <param name="settings">The limits of names and events.</param>
/// <param name="declared">The declared topics; null for none.</param>
/// <param name="directory">The connections of this node.</param>
internal sealed class KeyedEntries(HubClient client, EventHubSettings settings, DeclaredTopics? declared, ISubscriberDirectory directory)
{
    // An entry of a topic that no channel of this node declares is state without a history: nobody on this node can subscribe.
    private static readonly HistoryOptions Undeclared = new(0, TimeSpan.Zero) { IsKeyed = true };

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Dictionary<(string Topic, string Key), KeyedWrite>> _owners = new(StringComparer.Ordinal);

    /// <summary>Sets an entry. Completes when the subscribers of this node have the event.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="key">The entry.</param>
    /// <param name="value">Its value as JSON.</param>
    /// <param name="owner">The connection with which the entry ends; null for none. Nothing is set for a connection that has ended.</param>
    /// <param name="isState">True for a state topic.</param>
    /// <param name="maxEntries">The maximum number of entries of the owner.</param>
    public async ValueTask SetAsync(string topic, string key, byte[] value, string? owner, bool isState, int maxEntries)
    {
        TopicName.Check(topic, settings.MaxTopicLength);
        // Before the start the node does not know its own id, which entries with an owner carry.
        await client.StartedAsync().ConfigureAwait(false);
        PendingCall call;
        lock (_gate)
        {
            var entries = owner is null ? null : EntriesOf(owner, (topic, key), maxEntries);
            if (owner is not null && entries is null)
                return;
            var known = entries?.GetValueOrDefault((topic, key));
            if (!isState && known?.Value?.AsSpan().SequenceEqual(value) == true)
                return;
            var write = new KeyedWrite(key, value, owner is null ? null : client.Self);
            call = Publish(topic, KeyedForm.Set(isState, key, value, known is null), write, removes: null, isEnd: false);
            if (entries is not null)
                entries[(topic, key)] = write;
        }

        await client.OutcomeAsync(call).ConfigureAwait(false);
    }

    /// <summary>Removes an entry that a connection of this node owns; does nothing when there is none.</summary>
    public ValueTask RemoveAsync(string topic, string key, string owner)
    {
        lock (_gate)
        {
            if (!_owners.TryGetValue(owner, out var entries) || !entries.Remove((topic, key), out var removed))
                return default;
            if (entries.Count == 0)
                _owners.Remove(owner);
            return client.OutcomeAsync(Remove(topic, removed));
        }
    }

    /// <summary>Removes an entry of a state topic, whoever owns it.</summary>
    public async ValueTask RemoveAsync(string topic, string key)
    {
        TopicName.Check(topic, settings.MaxTopicLength);
        await client.StartedAsync().ConfigureAwait(false);
        await client.OutcomeAsync(Publish(topic, KeyedForm.Removed(isState: true, key, []), new KeyedWrite(key, null, null), removes: null, isEnd: false)).ConfigureAwait(false);
    }

    /// <summary>Removes the entries of a connection that has ended, without waiting for the lanes.</summary>
    public void RemoveOwner(string owner)
    {
        lock (_gate)
        {
            if (!_owners.Remove(owner, out var entries))
                return;
            try
            {
                foreach (var ((topic, _), removed) in entries)
                    Remove(topic, removed);
            }
            catch (EventHubException)
            {
                // The hub has stopped. The other nodes remove the entries with this node.
            }
        }
    }

    // Null when the connection has ended. The caller holds the lock.
    private Dictionary<(string Topic, string Key), KeyedWrite>? EntriesOf(string owner, (string Topic, string Key) entry, int maxEntries)
    {
        if (directory.Find(owner) is null)
            return null;
        if (!_owners.TryGetValue(owner, out var entries))
            _owners.Add(owner, entries = []);
        if (!entries.ContainsKey(entry) && entries.Count >= maxEntries)
            throw new EventHubException(EventHubErrorReason.TooManySubscriptions,
                $"Connection {owner} already has {entries.Count} entries of presence and state topics, the maximum of pikku.limits.subscriptions-per-connection.");
        return entries;
    }

    // The removal names the write that it removes. So it never removes a value that was set later on another node.
    private PendingCall Remove(string topic, KeyedWrite removed) => Publish(
        topic, KeyedForm.Removed(declared?.HistoryOf(topic)?.IsState == true, removed.Key, removed.Value), new KeyedWrite(removed.Key, null, null), removed, isEnd: true);

    private PendingCall Publish(string topic, byte[] data, KeyedWrite write, KeyedWrite? removes, bool isEnd)
    {
        var hubEvent = EventEncoder.EncodeKeyed(topic, data, write, declared?.HistoryOf(topic) ?? Undeclared, settings.MaxEventSize, removes);
        // The end of an entry is not refused because many calls wait: the entry would stay for ever. A connection has at most one per entry.
        var call = isEnd ? client.BeginEnd() : client.Begin(isPublish: true, hubEvent.Size);
        client.Tell(call, topic, new HubProtocol.Publish(call, hubEvent));
        return call;
    }
}
