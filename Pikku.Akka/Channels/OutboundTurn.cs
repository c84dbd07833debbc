namespace Pikku.Akka.Channels;

/// <summary>The items that one connection sends in one turn of the outbound flow, in order.</summary>
internal sealed record OutboundTurn(Connection Connection, List<OutboundItem> Items);
