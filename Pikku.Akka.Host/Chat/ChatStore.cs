namespace Pikku.Akka.Host.Chat;

/// <summary>Keeps the newest messages of this node in memory, in place of a database. Thread-safe.</summary>
internal sealed class ChatStore(TimeProvider clock)
{
    // Ten times the limit of one call. Older messages are removed.
    private const int Capacity = 1000;

    private readonly Lock _gate = new();
    private readonly Queue<ChatMessage> _messages = new();

    /// <summary>The number of messages that are kept.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _messages.Count;
        }
    }

    public ChatMessage Add(string userId, string text)
    {
        var message = new ChatMessage(Guid.CreateVersion7().ToString("n"), userId, text, clock.GetUtcNow());
        lock (_gate)
        {
            if (_messages.Count == Capacity)
                _messages.Dequeue();
            _messages.Enqueue(message);
        }

        return message;
    }

    /// <summary>Returns the newest messages, oldest first.</summary>
    public IReadOnlyList<ChatMessage> Latest(int limit)
    {
        lock (_gate)
            return [.. _messages.TakeLast(limit)];
    }
}
