namespace Pikku.Akka.Channels;

/// <summary>What one connection sends in one turn of the outbound flow, in order.</summary>
internal sealed record OutboundTurn(LocalChannel Channel, List<OutboundItem> Items);
