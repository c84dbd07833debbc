namespace Pikku.Akka.Channels;

/// <summary>What one connection sends in one turn of the outbound flow, in order.</summary>
internal sealed record OutboundTurn(Connection Channel, List<OutboundItem> Items);
