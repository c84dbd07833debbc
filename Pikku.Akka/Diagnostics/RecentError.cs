namespace Pikku.Akka.Diagnostics;

/// <summary>An error that a client was told of.</summary>
/// <param name="At">The time.</param>
/// <param name="Channel">The name of the channel.</param>
/// <param name="Action">What failed, as in the log.</param>
/// <param name="ChannelId">The connection.</param>
/// <param name="Name">The name of the error.</param>
/// <param name="ErrorId">The id in the log; null for an error that the client has caused.</param>
internal sealed record RecentError(DateTimeOffset At, string Channel, string Action, string ChannelId, string Name, string? ErrorId);
