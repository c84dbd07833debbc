namespace Pikku.Clients;

/// <summary>A change of a state topic: an entry has a new value, or was removed.</summary>
/// <typeparam name="TValue">The type of the values.</typeparam>
public sealed record PikkuEntryChange<TValue>
{
    /// <summary>The key of the entry.</summary>
    [JsonPropertyName("key")]
    public string Key { get; init; } = "";

    /// <summary>True if the entry was removed.</summary>
    [JsonPropertyName("removed")]
    public bool IsRemoved { get; init; }

    /// <summary>The new value; the default of its type if the entry was removed.</summary>
    [JsonIgnore]
    public TValue? Value => Set.Value;

    [JsonInclude]
    [JsonPropertyName("value")]
    internal PikkuOptional<TValue> Set { get; init; }
}
