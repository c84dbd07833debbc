namespace Pikku.Akka.Host.Chat;

/// <summary>What somebody said.</summary>
internal sealed record ChatMessage(string Id, string UserId, string Text, DateTimeOffset CreatedAt);
