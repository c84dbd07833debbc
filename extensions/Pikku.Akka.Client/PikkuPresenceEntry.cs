namespace Pikku.Akka.Clients;

/// <summary>A connection in a presence topic.</summary>
/// <param name="Key">Identifies the connection. Several connections may have the same info, such as two windows of one user.</param>
/// <param name="Info">The info about the connection.</param>
/// <typeparam name="TInfo">The type of the info.</typeparam>
public sealed record PikkuPresenceEntry<TInfo>([property: JsonPropertyName("key")] string Key, [property: JsonPropertyName("info")] TInfo Info);
