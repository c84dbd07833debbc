namespace Pikku.Clients;

/// <summary>A message to send, and the task that completes when it is sent or answered.</summary>
/// <param name="name">The name of the call, for exceptions.</param>
/// <param name="id">The id; null if there is none and the answer is matched by order.</param>
/// <param name="data">The content.</param>
/// <param name="type">Text or binary.</param>
internal sealed class PikkuOutgoing(string name, string? id, ReadOnlyMemory<byte> data, WebSocketMessageType type)
{
    private readonly TaskCompletionSource<JsonElement> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Name { get; } = name;

    public string? Id { get; } = id;

    public ReadOnlyMemory<byte> Data { get; } = data;

    public WebSocketMessageType Type { get; } = type;

    /// <summary>False for a message that is complete when it is sent.</summary>
    public bool IsCall => Type == WebSocketMessageType.Text;

    /// <summary>The answer; undefined if it has no data.</summary>
    public Task<JsonElement> Done => _done.Task;

    public void Complete(JsonElement answer) => _done.TrySetResult(answer);

    public void Fail(Exception error)
    {
        if (_done.TrySetException(error))
            _ = _done.Task.Exception; // Observed here, because the caller may have stopped waiting.
    }
}
