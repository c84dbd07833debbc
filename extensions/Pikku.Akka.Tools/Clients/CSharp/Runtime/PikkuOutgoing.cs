namespace Pikku.Clients;

/// <summary>A message on its way, and who waits for it to be sent or answered.</summary>
/// <param name="name">What is called, for exceptions.</param>
/// <param name="id">Its id; null where it has none and its answer is found by the order.</param>
/// <param name="data">What is sent.</param>
/// <param name="type">Text or binary.</param>
internal sealed class PikkuOutgoing(string name, string? id, ReadOnlyMemory<byte> data, WebSocketMessageType type)
{
    private readonly TaskCompletionSource<JsonElement> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Name { get; } = name;

    public string? Id { get; } = id;

    public ReadOnlyMemory<byte> Data { get; } = data;

    public WebSocketMessageType Type { get; } = type;

    /// <summary>False for what is done once it is sent.</summary>
    public bool IsCall => Type == WebSocketMessageType.Text;

    /// <summary>The answer; undefined where it has no data.</summary>
    public Task<JsonElement> Done => _done.Task;

    public void Complete(JsonElement answer) => _done.TrySetResult(answer);

    public void Fail(Exception error)
    {
        if (_done.TrySetException(error))
            _ = _done.Task.Exception; // who gave up does not want to hear of it
    }
}
