namespace Pikku.Akka.Clients;

/// <summary>Who is present in a topic, kept current like <see cref="PikkuLive{TState, TEvent}"/>. Thread-safe.</summary>
/// <typeparam name="TInfo">The type of the info about a connection.</typeparam>
public sealed class PikkuPresence<TInfo> : PikkuKeyed<TInfo, PikkuPresenceChange<TInfo>>
{
    internal PikkuPresence(PikkuConnection connection, string topic) : base(connection, topic)
    {
    }

    /// <summary>The connections; those that have joined later are last. A change creates another list.</summary>
    public IReadOnlyList<PikkuPresenceEntry<TInfo>> Entries => View(static values => values.Select(one => new PikkuPresenceEntry<TInfo>(one.Key, one.Value)).ToArray());

    /// <summary>The infos without repetitions: a user with two windows is listed once if both windows have the same info.</summary>
    public IReadOnlyList<TInfo> Infos => Entries.Select(entry => entry.Info).DistinctBy(Json.Text).ToArray();

    private protected override IEnumerable<KeyValuePair<string, TInfo>> Read(JsonElement state) =>
        Json.Read<PikkuPresenceEntry<TInfo>[]>(state).Select(entry => KeyValuePair.Create(entry.Key, entry.Info));

    private protected override void Apply(PikkuPresenceChange<TInfo> change)
    {
        if (change.Kind is PikkuPresenceChangeKind.Joined or PikkuPresenceChangeKind.Updated)
            Set(change.Key, change.Info!);
        else if (change.Kind == PikkuPresenceChangeKind.Left)
            Remove(change.Key);
    }

    private protected override PikkuPresenceChange<TInfo> SetChange(string key, TInfo value, bool isNew) =>
        isNew ? new() { Key = key, Joined = value } : new() { Key = key, Updated = value };

    private protected override PikkuPresenceChange<TInfo> RemoveChange(string key, TInfo value) => new() { Key = key, Left = value };
}
