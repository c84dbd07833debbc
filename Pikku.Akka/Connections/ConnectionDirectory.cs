using System.Collections.Concurrent;
using Akka.Actor;
using Pikku.Akka.Channels;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.EventHub;

namespace Pikku.Akka.Connections;

/// <summary>The connections of this node, by id and by user.</summary>
internal sealed class ConnectionDirectory : ISubscriberDirectory
{
    private readonly ConcurrentDictionary<string, Connection> _connections = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource<IActorRef> _parent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, HashSet<Connection>> _users = new(StringComparer.Ordinal);
    private readonly Action<object, string?, string?> _moveUser;
    private volatile Action<Connection, string?>? _userMoved;
    private TaskCompletionSource? _empty;
    private string? _lostPart;

    public ConnectionDirectory() => _moveUser = MoveUser;

    /// <summary>The parent actor of all connection actors. The task fails if the node could not start.</summary>
    public Task<IActorRef> Parent => _parent.Task;

    /// <summary>The name of a part of the node that ended and could not be restarted; null while all parts run.</summary>
    public string? LostPart
    {
        get => Volatile.Read(ref _lostPart);
        set => Volatile.Write(ref _lostPart, value);
    }

    /// <summary>
    /// Called with a connection and its user when it has opened or its user has changed; with null as the user when it has none any more. Null for no calls. The callback is
    /// called after the entry has changed, within the lock of the session of the connection, and must not block.
    /// </summary>
    public Action<Connection, string?>? UserMoved
    {
        get => _userMoved;
        set => _userMoved = value;
    }

    public int Count => _connections.Count;

    public IEnumerable<Connection> All => _connections.Select(entry => entry.Value);

    public void SetParent(IActorRef parent) => _parent.TrySetResult(parent);

    public void SetStartFailure(Exception error)
    {
        _parent.TrySetException(error);
        _parent.Task.IgnoreFailure(); // the start may have stopped waiting
    }

    public void Add(Connection connection)
    {
        _connections[connection.Id] = connection;
        connection.Session.Watch(connection, _moveUser);
    }

    public void Remove(Connection connection)
    {
        connection.Session.StopWatching();
        _connections.TryRemove(connection.Id, out _);
        if (_connections.IsEmpty)
            Volatile.Read(ref _empty)?.TrySetResult();
    }

    /// <summary>
    /// The connection with this id; null when there is none or when its socket has ended. A drain waits for the connection longer, until its
    /// <c>onDisconnect</c> has run.
    /// </summary>
    public Connection? Find(string connectionId) =>
        _connections.GetValueOrDefault(connectionId) is { Closed.IsCancellationRequested: false } connection ? connection : null;

    /// <summary>The connections of a user.</summary>
    public IReadOnlyCollection<Connection> OfUser(string userId)
    {
        lock (_gate)
            return _users.TryGetValue(userId, out var connections) ? [.. connections] : [];
    }

    IReadOnlyCollection<IEventSubscriber> ISubscriberDirectory.OfUser(string userId) => OfUser(userId);

    IEventSubscriber? ISubscriberDirectory.Find(string connectionId) => Find(connectionId);

    /// <summary>Returns a task that completes when the last connection has been removed.</summary>
    public Task WhenEmptyAsync()
    {
        var empty = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _empty, empty);
        if (_connections.IsEmpty)
            empty.TrySetResult();
        return empty.Task;
    }

    private void MoveUser(object watched, string? from, string? to)
    {
        var connection = (Connection)watched;
        Move(connection, from, to);
        _userMoved?.Invoke(connection, to);
    }

    private void Move(Connection connection, string? from, string? to)
    {
        lock (_gate)
        {
            if (from is not null && _users.TryGetValue(from, out var left) && left.Remove(connection) && left.Count == 0)
                _users.Remove(from);
            if (to is null)
                return;
            if (!_users.TryGetValue(to, out var connections))
                _users.Add(to, connections = []);
            connections.Add(connection);
        }
    }
}
