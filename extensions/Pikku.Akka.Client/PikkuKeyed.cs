namespace Pikku.Akka.Clients;

/// <summary>The entries of a topic by their key, kept current like <see cref="PikkuLive{TState, TEvent}"/>. Thread-safe.</summary>
/// <typeparam name="TValue">The type of an entry.</typeparam>
/// <typeparam name="TChange">The type of a change.</typeparam>
public abstract class PikkuKeyed<TValue, TChange> : IDisposable
{
    private readonly object _gate = new();
    private readonly Dictionary<string, (long Order, TValue Value)> _values = new(StringComparer.Ordinal);
    private readonly PikkuLive<PikkuKeyed<TValue, TChange>, TChange> _live;
    // The changes that Changed has not told yet.
    private List<TChange> _changes = new();
    private object? _view;
    private long _order;

    private protected PikkuKeyed(PikkuConnection connection, string topic)
    {
        Json = connection.Json;
        // The state that PikkuLive keeps is this object, which changes in place: a list of many entries must not be copied for each change.
        _live = new(connection, topic, Apply, Load);
        _live.Changed += (_, _) => RaiseChanged();
    }

    /// <summary>
    /// Raised after a change of the entries, <see cref="Status"/> or <see cref="Error"/>, with the changes of the entries in their order: one for an event, all
    /// differences if the entries were loaded again, and none otherwise. Like other handlers, it must not block.
    /// </summary>
    public event EventHandler<IReadOnlyList<TChange>>? Changed;

    /// <summary>The status of the entries.</summary>
    public PikkuLiveStatus Status => _live.Status;

    /// <summary>The reason for <see cref="Status"/>; null while the entries are current.</summary>
    public Exception? Error => _live.Error;

    /// <inheritdoc cref="PikkuLive{TState, TEvent}.WaitUntilLoadedAsync"/>
    public Task WaitUntilLoadedAsync(CancellationToken cancellationToken = default) => _live.WaitUntilLoadedAsync(cancellationToken);

    /// <summary>Ends the subscription. The last known entries remain.</summary>
    public void Dispose()
    {
        _live.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected PikkuJson Json { get; }

    /// <summary>Returns what <paramref name="make"/> creates from the entries, which are in the order in which their keys came. It is created again after a change.</summary>
    private protected TView View<TView>(Func<IEnumerable<KeyValuePair<string, TValue>>, TView> make)
        where TView : class
    {
        lock (_gate)
            return (TView)(_view ??= make(_values.OrderBy(one => one.Value.Order).Select(one => KeyValuePair.Create(one.Key, one.Value.Value))));
    }

    /// <summary>Reads the state of the topic.</summary>
    private protected abstract IEnumerable<KeyValuePair<string, TValue>> Read(JsonElement state);

    /// <summary>Applies an event with <see cref="Set"/> or <see cref="Remove"/>. An event that this client does not know changes nothing.</summary>
    private protected abstract void Apply(TChange change);

    /// <summary>Describes a new value.</summary>
    private protected abstract TChange SetChange(string key, TValue value, bool isNew);

    /// <summary>Describes the removal of an entry.</summary>
    private protected abstract TChange RemoveChange(string key, TValue value);

    // The entries may already contain the change, so only differences count. The caller holds the lock.
    private protected void Set(string key, TValue value)
    {
        var isNew = !_values.TryGetValue(key, out var known);
        if (!isNew && Json.Text(known.Value) == Json.Text(value))
            return;
        _values[key] = (isNew ? _order++ : known.Order, value);
        Note(SetChange(key, value, isNew));
    }

    // The caller holds the lock.
    private protected void Remove(string key)
    {
        if (_values.Remove(key, out var known))
            Note(RemoveChange(key, known.Value));
    }

    private PikkuKeyed<TValue, TChange> Apply(PikkuKeyed<TValue, TChange> entries, TChange change)
    {
        lock (_gate)
            Apply(change);
        return entries;
    }

    private PikkuKeyed<TValue, TChange> Load(JsonElement state)
    {
        var loaded = Read(state).ToArray();
        lock (_gate)
        {
            foreach (var gone in _values.Keys.Except(loaded.Select(one => one.Key)).ToArray())
                Remove(gone);
            foreach (var (key, value) in loaded)
                Set(key, value);
        }

        return this;
    }

    private void Note(TChange change)
    {
        _view = null;
        _changes.Add(change);
    }

    private void RaiseChanged()
    {
        List<TChange> changes;
        lock (_gate)
            (changes, _changes) = (_changes, new List<TChange>());
        Changed?.Invoke(this, changes);
    }
}
