namespace Pikku.Akka.Inspection;

/// <summary>A connection in a list.</summary>
/// <param name="Id">The id.</param>
/// <param name="Node">The node.</param>
/// <param name="Channel">The name of the channel.</param>
/// <param name="User">The user; null for a guest.</param>
/// <param name="Address">The address of the client; null when it is not known.</param>
/// <param name="Transport">The transport.</param>
/// <param name="Since">When it was opened; null when it is closing.</param>
/// <param name="OutboxMessages">The messages that wait for the client.</param>
/// <param name="OutboxBytes">Their memory, in bytes.</param>
/// <param name="Received">The number of messages that the client has sent, by which rates are computed from two rows.</param>
/// <param name="At">The monotonic clock of the node, in milliseconds.</param>
internal sealed record ConnectionRow(
    string Id, string Node, string Channel, string? User, string? Address, string Transport, DateTimeOffset? Since, int OutboxMessages, int OutboxBytes, uint Received,
    long At);
