using Pikku.Akka.Diagnostics;

namespace Pikku.Akka.Inspection;

/// <summary>The state of a node for operators.</summary>
/// <param name="Node">The host and port.</param>
/// <param name="Status">The status in the cluster.</param>
/// <param name="Roles">The roles.</param>
/// <param name="IsDraining">True when the node accepts no more connections.</param>
/// <param name="Problem">Why the node is not ready; null when it is.</param>
/// <param name="At">The monotonic clock of the node, in milliseconds, by which rates are computed from two overviews.</param>
/// <param name="Connections">The number of connections.</param>
/// <param name="Channels">The number of connections of each channel.</param>
/// <param name="Topics">The number of topics with a subscriber.</param>
/// <param name="Subscriptions">The number of subscriptions.</param>
/// <param name="KeptEvents">The number of events that are kept for clients that come back.</param>
/// <param name="KeptBytes">Their memory, in bytes.</param>
/// <param name="Memory">The managed memory of the process, in bytes.</param>
/// <param name="Links">The links with the other nodes.</param>
/// <param name="Totals">What was counted while somebody looked.</param>
/// <param name="Functions">The functions that ran within the last minute.</param>
/// <param name="Errors">The latest errors, the newest first.</param>
internal sealed record NodeOverview(
    string Node, string Status, IReadOnlyList<string> Roles, bool IsDraining, string? Problem, long At, int Connections, IReadOnlyDictionary<string, int> Channels,
    long Topics, long Subscriptions, long KeptEvents, long KeptBytes, long Memory, IReadOnlyList<NodeLink> Links, LoadTotals Totals,
    IReadOnlyList<FunctionLoad> Functions, IReadOnlyList<RecentError> Errors);
