using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Pikku.Akka.Host.Chat;

/// <summary>The messages between the chat and its clients.</summary>
internal static class ChatProtocol
{
    public static Topic<MessageSent> Messages { get; } = new("chat:message");

    public static PresenceTopic<Viewer> Viewers { get; } = new("chat:viewers");

    internal sealed record AuthenticateInput
    {
        /// <summary>A signed token; its <c>sub</c> claim is the user.</summary>
        public required string Token { get; init; }
    }

    internal sealed record AuthenticateOutput(bool Success);

    internal sealed record SendMessageInput
    {
        [StringLength(2000, MinimumLength = 1)]
        public required string Text { get; init; }
    }

    internal sealed record SendMessageOutput(ChatMessage Message);

    internal sealed record ListMessagesInput
    {
        /// <summary>The number of messages, counted from the newest.</summary>
        [Range(1, 100)]
        public int Limit { get; init; } = 50;
    }

    /// <param name="Messages">The messages, oldest first.</param>
    internal sealed record ListMessagesOutput(IReadOnlyList<ChatMessage> Messages);

    internal sealed record MessageSent(ChatMessage Message);

    /// <param name="UserId">The user; missing for a guest.</param>
    internal sealed record Viewer([property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? UserId);

    /// <param name="At">The time of the node.</param>
    /// <param name="Messages">The number of messages that the node keeps.</param>
    /// <param name="SessionEndsAt">The end of the client's session. It moves when the client renews the session.</param>
    internal sealed record ChatTick(
        DateTimeOffset At, int Messages, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? SessionEndsAt);
}
