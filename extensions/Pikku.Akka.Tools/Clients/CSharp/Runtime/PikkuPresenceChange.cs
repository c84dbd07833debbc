namespace Pikku.Clients;

/// <summary>An event of a presence topic. One of the properties is set.</summary>
/// <typeparam name="TInfo">The type of the info.</typeparam>
public sealed record PikkuPresenceChange<TInfo>
{
    /// <summary>The connection that has joined.</summary>
    [JsonPropertyName("joined")]
    public PikkuPresenceEntry<TInfo>? Joined { get; init; }

    /// <summary>The connection that has changed its info.</summary>
    [JsonPropertyName("updated")]
    public PikkuPresenceEntry<TInfo>? Updated { get; init; }

    /// <summary>The connection that has left.</summary>
    [JsonPropertyName("left")]
    public PikkuPresenceEntry<TInfo>? Left { get; init; }
}
