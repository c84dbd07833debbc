namespace Pikku.Akka.Inspection;

/// <summary>What a node has counted since somebody looks.</summary>
/// <param name="Received">Messages of clients.</param>
/// <param name="Failed">Messages, events and lifecycle functions that failed.</param>
/// <param name="Published">Events that were published on the node.</param>
/// <param name="Delivered">Events that were delivered to subscribers of the node.</param>
internal sealed record LoadTotals(long Received, long Failed, long Published, long Delivered);
