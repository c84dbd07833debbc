namespace Pikku.Akka.Host.Chat;

/// <summary>The latest messages of this node, in memory: a stand-in for the application's database. Any thread may use it.</summary>
internal sealed class ChatStore(TimeProvider clock)
{
    // Ten times what one call may ask for; what is older is forgotten.
    private const int Capacity = 1000;

    private readonly Lock _gate = new();
    private readonly Queue<ChatMessage> _messages = new();

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

    /// <summary>The newest messages, oldest first.</summary>
    public IReadOnlyList<ChatMessage> Latest(int limit)
    {
        lock (_gate)
            return [.. _messages.TakeLast(limit)];
    }
}
