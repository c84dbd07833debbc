namespace Pikku.Akka.Clients;

/// <summary>A change of a state topic: an entry has a new value, or was removed.</summary>
/// <typeparam name="TValue">The type of the values.</typeparam>
public sealed record PikkuEntryChange<TValue>
{
    /// <summary>The key of the entry.</summary>
    public string Key { get; internal set; } = "";

    /// <summary>True if the entry was removed.</summary>
    public bool IsRemoved { get; internal set; }

    /// <summary>The new value; the default of its type if the entry was removed.</summary>
    public TValue? Value => Set.Value;

    internal PikkuOptional<TValue> Set { get; set; }
}
