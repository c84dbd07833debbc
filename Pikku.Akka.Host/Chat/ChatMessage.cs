namespace Pikku.Akka.Host.Chat;

/// <summary>A message of the chat.</summary>
internal sealed record ChatMessage(string Id, string UserId, string Text, DateTimeOffset CreatedAt);
