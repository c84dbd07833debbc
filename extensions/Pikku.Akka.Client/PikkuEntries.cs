namespace Pikku.Akka.Clients;

/// <summary>The entries of a state topic, kept current like <see cref="PikkuLive{TState, TEvent}"/>. Thread-safe.</summary>
/// <typeparam name="TValue">The type of the values.</typeparam>
public sealed class PikkuEntries<TValue> : PikkuKeyed<TValue, PikkuEntryChange<TValue>>
{
    internal PikkuEntries(PikkuConnection connection, string topic) : base(connection, topic)
    {
    }

    /// <summary>The value of each key. A change creates another dictionary.</summary>
    public IReadOnlyDictionary<string, TValue> Entries => View(static values => new Dictionary<string, TValue>(values, StringComparer.Ordinal));

    private protected override IEnumerable<KeyValuePair<string, TValue>> Read(JsonElement state) => Json.Read<Dictionary<string, TValue>>(state);

    private protected override void Apply(PikkuEntryChange<TValue> change)
    {
        if (change.IsRemoved)
            Remove(change.Key);
        else if (change.Set.IsSet)
            Set(change.Key, change.Value!);
    }

    private protected override PikkuEntryChange<TValue> SetChange(string key, TValue value, bool isNew) => new() { Key = key, Set = value };

    private protected override PikkuEntryChange<TValue> RemoveChange(string key, TValue value) => new() { Key = key, IsRemoved = true };
}
