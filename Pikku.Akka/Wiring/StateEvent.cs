using System.Text.Json.Serialization;

namespace Pikku.Akka;

/// <summary>A change of one entry of a state topic.</summary>
/// <typeparam name="TValue">The type of the values.</typeparam>
/// <param name="Key">The entry.</param>
public sealed record StateEvent<TValue>([property: JsonPropertyName("key")] string Key)
{
    /// <summary>The new value; not set when the entry was removed.</summary>
    [JsonPropertyName("value")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public TValue? Value { get; init; }

    /// <summary>True when the entry was removed.</summary>
    [JsonPropertyName("removed")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Removed { get; init; }
}
