namespace Pikku.Clients;

/// <summary>A change of a presence topic.</summary>
/// <typeparam name="TInfo">The type of the info.</typeparam>
public sealed record PikkuPresenceChange<TInfo>
{
    /// <summary>Identifies the connection.</summary>
    [JsonPropertyName("key")]
    public string Key { get; init; } = "";

    /// <summary>What has happened.</summary>
    [JsonIgnore]
    public PikkuPresenceChangeKind Kind =>
        Joined.IsSet ? PikkuPresenceChangeKind.Joined
        : Updated.IsSet ? PikkuPresenceChangeKind.Updated
        : Left.IsSet ? PikkuPresenceChangeKind.Left
        : PikkuPresenceChangeKind.Unknown;

    /// <summary>The info about the connection; the last one if it has left.</summary>
    [JsonIgnore]
    public TInfo? Info => Joined.IsSet ? Joined.Value : Updated.IsSet ? Updated.Value : Left.Value;

    [JsonInclude]
    [JsonPropertyName("joined")]
    internal PikkuOptional<TInfo> Joined { get; init; }

    [JsonInclude]
    [JsonPropertyName("updated")]
    internal PikkuOptional<TInfo> Updated { get; init; }

    [JsonInclude]
    [JsonPropertyName("left")]
    internal PikkuOptional<TInfo> Left { get; init; }
}
