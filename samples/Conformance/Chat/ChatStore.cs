namespace Conformance.Chat;

/// <summary>Keeps what was said for the life of the process.</summary>
public sealed class ChatStore(TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly List<ChatMessage> _messages = [];

    /// <summary>Keeps a new message.</summary>
    public ChatMessage Add(string userId, string text)
    {
        var message = new ChatMessage(Guid.CreateVersion7().ToString(), userId, text, clock.GetUtcNow());
        lock (_gate)
            _messages.Add(message);
        return message;
    }

    /// <summary>The last messages, the oldest of them first.</summary>
    public IReadOnlyList<ChatMessage> Last(int limit)
    {
        lock (_gate)
            return [.. _messages.TakeLast(limit)];
    }
}
