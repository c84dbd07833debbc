namespace Conformance.Chat;

/// <summary>A message of the chat.</summary>
public sealed record ChatMessage(string Id, string UserId, string Text, DateTimeOffset SentAt);
