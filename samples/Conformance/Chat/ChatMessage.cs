namespace Conformance.Chat;

/// <summary>What somebody said.</summary>
public sealed record ChatMessage(string Id, string UserId, string Text, DateTimeOffset SentAt);
