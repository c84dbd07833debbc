using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Inspection;

namespace Pikku.Akka.OperatorConsole;

/// <summary>The state of the cluster, which the page gets again and again.</summary>
/// <param name="Self">The node that serves the console.</param>
/// <param name="Nodes">The nodes, each with the age of its state.</param>
/// <param name="Links">The links between the nodes.</param>
/// <param name="Functions">The functions of all nodes, the busiest first.</param>
/// <param name="Errors">The latest errors of all nodes, the newest first.</param>
internal sealed record ClusterUpdate(
    string Self, IReadOnlyList<NodeState> Nodes, IReadOnlyList<LinkState> Links, IReadOnlyList<FunctionState> Functions, IReadOnlyList<ErrorState> Errors);

/// <summary>The state of a node.</summary>
/// <param name="Node">The host and port.</param>
/// <param name="Status">The status in the cluster.</param>
/// <param name="Roles">The roles.</param>
/// <param name="IsReachable">False when the failure detector can't reach it.</param>
/// <param name="IsSelf">True for the node that serves the console.</param>
/// <param name="IsStale">True when the node does not answer.</param>
/// <param name="Age">How old the state is, in milliseconds; null when the node has never answered. What follows is null then.</param>
/// <param name="IsDraining">True when the node accepts no more connections.</param>
/// <param name="Problem">Why the node is not ready; null when it is.</param>
/// <param name="At">The clock of the node, in milliseconds.</param>
/// <param name="Connections">The number of connections.</param>
/// <param name="Topics">The number of topics with a subscriber.</param>
/// <param name="Subscriptions">The number of subscriptions.</param>
/// <param name="KeptEvents">The number of kept events.</param>
/// <param name="KeptBytes">Their memory, in bytes.</param>
/// <param name="Memory">The managed memory of the process, in bytes.</param>
/// <param name="Totals">What the node has counted.</param>
internal sealed record NodeState(
    string Node, string Status, IReadOnlyList<string> Roles, bool IsReachable, bool IsSelf, bool IsStale, long? Age, bool IsDraining, string? Problem, long? At,
    int? Connections, long? Topics, long? Subscriptions, long? KeptEvents, long? KeptBytes, long? Memory, LoadTotals? Totals);

/// <summary>The link from one node to another one.</summary>
/// <param name="From">The node that publishes.</param>
/// <param name="To">The node that receives.</param>
/// <param name="IsLinked">True when both nodes hear each other in all lanes.</param>
/// <param name="Lag">How many batches the receiver is behind; null when one of the nodes does not answer.</param>
/// <param name="Lost">How many batches the receiver has lost; null when it does not answer.</param>
/// <param name="Unacknowledged">The bytes that the receiver has not acknowledged.</param>
/// <param name="IsHeldBack">True while batches wait because the receiver is too slow.</param>
internal sealed record LinkState(string From, string To, bool IsLinked, long? Lag, long? Lost, long Unacknowledged, bool IsHeldBack);

/// <summary>A function over all nodes, within the last minute.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Action">The action.</param>
/// <param name="Calls">The number of calls.</param>
/// <param name="Rate">The calls per second.</param>
/// <param name="Failed">How many calls failed.</param>
/// <param name="P50">The median of the duration, in milliseconds.</param>
/// <param name="P99">The 99th percentile of the duration, in milliseconds.</param>
internal sealed record FunctionState(string Channel, string Action, long Calls, double Rate, long Failed, double P50, double P99);

/// <summary>An error with its node.</summary>
internal sealed record ErrorState(string Node, DateTimeOffset At, string Channel, string Action, string ChannelId, string Name, string? ErrorId)
{
    public static ErrorState Of(string node, RecentError error) => new(node, error.At, error.Channel, error.Action, error.ChannelId, error.Name, error.ErrorId);
}

/// <summary>A search for connections.</summary>
/// <param name="Search">A part of the text; empty for all connections.</param>
/// <param name="By">What is searched: <c>user</c>, <c>channel</c>, <c>address</c>, <c>id</c>; null for all of them.</param>
/// <param name="After">The last id of the page before; null for the first page.</param>
internal sealed record FindConnections([StringLength(200)] string? Search = null, [AllowedValues("user", "channel", "address", "id", null)] string? By = null, [StringLength(200)] string? After = null);

/// <summary>A page of connections.</summary>
/// <param name="Rows">The connections.</param>
/// <param name="Total">How many the search has found on the nodes that answered.</param>
/// <param name="Next">The id with which the next page is asked for; null when this is the last one.</param>
/// <param name="Missing">The nodes that did not answer.</param>
internal sealed record FoundConnections(IReadOnlyList<ConnectionRow> Rows, int Total, string? Next, IReadOnlyList<string> Missing);

/// <summary>One connection.</summary>
internal sealed record ConnectionId([Required, StringLength(200)] string Id);

/// <summary>The details of a connection.</summary>
/// <param name="Detail">The details; null when no node that answered has the connection.</param>
/// <param name="Missing">The nodes that did not answer.</param>
internal sealed record FoundConnection(ConnectionDetail? Detail, IReadOnlyList<string> Missing);

/// <summary>A search for topics.</summary>
internal sealed record FindTopics([StringLength(512)] string? Search = null);

/// <summary>The topics that a search has found, those with the most subscribers.</summary>
/// <param name="Rows">The topics.</param>
/// <param name="Total">At least how many the search has found.</param>
/// <param name="At">The clock of the node that serves the console, in milliseconds.</param>
/// <param name="Missing">The nodes that did not answer.</param>
internal sealed record FoundTopics(IReadOnlyList<TopicRow> Rows, int Total, long At, IReadOnlyList<string> Missing);

/// <summary>A topic that channels declare.</summary>
/// <param name="Name">The name, or the template of a family such as <c>board:{boardId}</c>.</param>
/// <param name="Channels">The channels that declare it.</param>
/// <param name="MayPublish">False for a topic of entries, whose events come from changes of them.</param>
internal sealed record DeclaredTopic(string Name, IReadOnlyList<string> Channels, bool MayPublish);

/// <summary>What the page has to know once.</summary>
/// <param name="Topics">The declared topics that can be published to.</param>
/// <param name="TailPayloads">True when the payloads of followed topics are shown.</param>
/// <param name="RefreshInterval">How often the state is refreshed, in milliseconds.</param>
internal sealed record ConsoleFacts(IReadOnlyList<DeclaredTopic> Topics, bool TailPayloads, double RefreshInterval);

/// <summary>One topic.</summary>
internal sealed record TopicId([Required, StringLength(1024)] string Topic);

/// <summary>The JSON schema of the events of a topic; null when the type has none.</summary>
internal sealed record TopicSchema(JsonElement? Schema);

/// <summary>An event to publish.</summary>
internal sealed record PublishEvent([Required, StringLength(1024)] string Topic, JsonElement Data);

/// <summary>A user.</summary>
internal sealed record UserRef([Required, StringLength(1024)] string User);

/// <summary>The end of a subscription of one connection, or of all connections of a user.</summary>
internal sealed record KickFrom([Required, StringLength(1024)] string Topic, [StringLength(200)] string? Id = null, [StringLength(1024)] string? User = null);

/// <summary>A decision to explain: about a user or a connection, and an action or a topic.</summary>
/// <param name="Channel">The name of the channel.</param>
/// <param name="User">The user; null when <paramref name="Connection"/> is given.</param>
/// <param name="Connection">The id of a connection; null for a connection of the user.</param>
/// <param name="Action">The action; null for a topic.</param>
/// <param name="Topic">The topic; null for an action.</param>
/// <param name="Data">The data of the message as JSON; null when there is none.</param>
internal sealed record ExplainQuestion(
    [Required, StringLength(200)] string Channel, [StringLength(1024)] string? User = null, [StringLength(200)] string? Connection = null,
    [StringLength(1024)] string? Action = null, [StringLength(1024)] string? Topic = null, [StringLength(64 * 1024)] string? Data = null);

/// <summary>What to record: a connection, or the next connection of a user.</summary>
internal sealed record RecordTarget([StringLength(1024)] string? User = null, [StringLength(200)] string? Connection = null);

/// <summary>A recording.</summary>
internal sealed record RecordingId([Required, StringLength(100)] string Id);

/// <summary>The file of a recording.</summary>
internal sealed record RecordedFile(string Text);

/// <summary>A node.</summary>
internal sealed record NodeRef([Required, StringLength(300)] string Node);

/// <summary>Events of a followed topic.</summary>
/// <param name="Events">The events.</param>
/// <param name="Skipped">How many others were left out, because they were too many.</param>
internal sealed record TailBatch(IReadOnlyList<TailEvent> Events, int Skipped);

/// <summary>An event of a followed topic.</summary>
/// <param name="At">When this node received it.</param>
/// <param name="Size">The size of the payload, in bytes.</param>
/// <param name="Data">The payload; null when payloads are not shown or when it is too large.</param>
internal sealed record TailEvent(DateTimeOffset At, int Size, JsonElement? Data);
