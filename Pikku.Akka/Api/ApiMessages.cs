using System.Text.Json;

namespace Pikku.Akka.Api;

/// <summary>An event to publish.</summary>
/// <param name="Topic">The name of a topic that a channel declares, such as <c>board:7</c>.</param>
/// <param name="Data">The event. It is read as the declared type of the topic and validated.</param>
/// <param name="ExceptChannelId">The id of a connection that does not get the event.</param>
/// <param name="Replicated">True when the request ends only after a second node has the event.</param>
internal sealed record PublishRequest(string Topic, JsonElement Data, string? ExceptChannelId = null, bool Replicated = false);

/// <summary>Events to publish, in their order.</summary>
internal sealed record BatchRequest(IReadOnlyList<PublishRequest> Events);

/// <summary>The outcome of each event, in their order.</summary>
internal sealed record BatchAnswer(IReadOnlyList<BatchResult> Results);

/// <summary>The outcome of one event of a batch.</summary>
/// <param name="Status">204 when it was published, otherwise the status that a single publish would have had.</param>
/// <param name="Error">What is wrong; null when it was published.</param>
internal sealed record BatchResult(int Status, string? Error = null);

/// <summary>The entries of a presence topic.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Count">The number of entries, also of those that the answer leaves out.</param>
/// <param name="Entries">The entries, in no particular order.</param>
internal sealed record PresenceAnswer(string Topic, int Count, IReadOnlyList<PresenceEntry<JsonElement>> Entries);

/// <summary>The kept events of a topic.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Position">The position behind the newest event.</param>
/// <param name="Events">The newest events, in their order.</param>
internal sealed record HistoryAnswer(string Topic, string Position, IReadOnlyList<HistoryEvent<JsonElement>> Events);

/// <summary>The connections of a user on all nodes.</summary>
internal sealed record ConnectionsAnswer(IReadOnlyList<UserChannel> Connections);

/// <summary>Which subscriptions of a user to end.</summary>
/// <param name="Topic">The topic.</param>
internal sealed record UnsubscribeRequest(string Topic);

/// <summary>Which connections of a user to close.</summary>
/// <param name="Channel">The name of their channel; null for all channels.</param>
/// <param name="Reason">A text for the clients of at most 123 bytes.</param>
internal sealed record DisconnectRequest(string? Channel = null, string Reason = "disconnected");
