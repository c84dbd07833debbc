namespace Pikku.Clients;

/// <summary>A connection in a presence topic.</summary>
/// <param name="ChannelId">The id of the connection.</param>
/// <param name="UserId">The user; null if the connection has none.</param>
/// <param name="Info">What the connection says about itself.</param>
/// <typeparam name="TInfo">The type of the info.</typeparam>
public sealed record PikkuPresenceEntry<TInfo>(
    [property: JsonPropertyName("channelId")] string ChannelId,
    [property: JsonPropertyName("userId")] string? UserId,
    [property: JsonPropertyName("info")] TInfo Info);
