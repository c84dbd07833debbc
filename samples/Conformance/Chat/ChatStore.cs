namespace Conformance.Chat;

/// <summary>Keeps chat messages until the process ends.</summary>
public sealed class ChatStore(TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly List<ChatMessage> _messages = [];

    /// <summary>Adds a message.</summary>
    public ChatMessage Add(string userId, string text)
    {
        var message = new ChatMessage(Guid.CreateVersion7().ToString(), userId, text, clock.GetUtcNow());
        lock (_gate)
            _messages.Add(message);
        return message;
    }

    /// <summary>Returns the newest messages, oldest first.</summary>
    public IReadOnlyList<ChatMessage> Last(int limit)
    {
        lock (_gate)
            return [.. _messages.TakeLast(limit)];
    }
}
