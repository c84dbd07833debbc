namespace Pikku.Akka.Tests.Interoperability;

/// <summary>What the server has accepted, as the client has read it.</summary>
/// <param name="Subprotocol">The subprotocol; null for none.</param>
/// <param name="Extensions">The extensions; null for none.</param>
internal sealed record Handshake(string? Subprotocol, string? Extensions);
