using System.Collections.Concurrent;
using Akka.Actor;
using Pikku.Akka.Channels;
using Pikku.Akka.EventHub;

namespace Pikku.Akka.Connections;

/// <summary>The connections of this node, by the id of their channel.</summary>
internal sealed class ConnectionDirectory : ISubscriberDirectory
{
    private readonly ConcurrentDictionary<string, Connection> _channels = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource<IActorRef> _parent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, HashSet<Connection>> _users = new(StringComparer.Ordinal);
    private TaskCompletionSource? _empty;
    private string? _lostPart;

    /// <summary>The actor that makes those of the connections; fails when the node could not be started.</summary>
    public Task<IActorRef> Parent => _parent.Task;

    /// <summary>A part of the node that ended and could not be started again; null while all are there.</summary>
    public string? LostPart
    {
        get => Volatile.Read(ref _lostPart);
        set => Volatile.Write(ref _lostPart, value);
    }

    public int Count => _channels.Count;

    public IEnumerable<Connection> All => _channels.Select(entry => entry.Value);

    public void Started(IActorRef parent) => _parent.TrySetResult(parent);

    public void FailedToStart(Exception error) => _parent.TrySetException(error);

    public void Add(Connection channel)
    {
        _channels[channel.Id] = channel;
        channel.Session.Watch((from, to) => Move(channel, from, to));
    }

    public void Remove(Connection channel)
    {
        channel.Session.Watch(null);
        _channels.TryRemove(channel.Id, out _);
        if (_channels.IsEmpty)
            Volatile.Read(ref _empty)?.TrySetResult();
    }

    /// <summary>
    /// The connection of this id; null when there is none, and once its socket has ended. A drain waits for it longer: until its
    /// <c>onDisconnect</c> has run.
    /// </summary>
    public Connection? Find(string channelId) =>
        _channels.GetValueOrDefault(channelId) is { Closed.IsCancellationRequested: false } channel ? channel : null;

    /// <summary>The connections whose session is that of a user.</summary>
    public IReadOnlyCollection<Connection> OfUser(string userId)
    {
        lock (_gate)
            return _users.TryGetValue(userId, out var channels) ? [.. channels] : [];
    }

    IReadOnlyCollection<IEventSubscriber> ISubscriberDirectory.OfUser(string userId) => OfUser(userId);

    IEventSubscriber? ISubscriberDirectory.Find(string channelId) => Find(channelId);

    /// <summary>Completes when the last connection has gone.</summary>
    public Task WhenEmptyAsync()
    {
        var empty = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _empty, empty);
        if (_channels.IsEmpty)
            empty.TrySetResult();
        return empty.Task;
    }

    private void Move(Connection channel, string? from, string? to)
    {
        lock (_gate)
        {
            if (from is not null && _users.TryGetValue(from, out var left) && left.Remove(channel) && left.Count == 0)
                _users.Remove(from);
            if (to is null)
                return;
            if (!_users.TryGetValue(to, out var channels))
                _users.Add(to, channels = []);
            channels.Add(channel);
        }
    }
}
