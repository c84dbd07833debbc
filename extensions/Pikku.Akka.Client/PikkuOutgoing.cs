namespace Pikku.Akka.Clients;

/// <summary>A message to send, and the task that completes when it is sent or answered.</summary>
/// <param name="name">The name of the call, for exceptions.</param>
/// <param name="id">The id; null if there is none and the answer is matched by order.</param>
/// <param name="data">The content.</param>
/// <param name="type">Text or binary.</param>
internal sealed class PikkuOutgoing(string name, string? id, ReadOnlyMemory<byte> data, WebSocketMessageType type)
{
    private const int Written = 1;
    private const int Abandoned = 2;

    private readonly TaskCompletionSource<JsonElement> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _progress;

    public string Name { get; } = name;

    public string? Id { get; } = id;

    public ReadOnlyMemory<byte> Data { get; } = data;

    public WebSocketMessageType Type { get; } = type;

    /// <summary>False for a message that is complete when it is sent.</summary>
    public bool IsCall => Type == WebSocketMessageType.Text;

    /// <summary>Receives the items of a stream while they are read.</summary>
    public Action<JsonElement>? OnItem { get; set; }

    /// <summary>Receives the answer or the error while it is read, before the next message.</summary>
    public Action<JsonElement, Exception?>? OnDone { get; init; }

    /// <summary>The answer; undefined if it has no data.</summary>
    public Task<JsonElement> Done => _done.Task;

    /// <summary>Creates a message of the protocol: <c>{"action":…,"id":…,"data":{…}}</c>.</summary>
    /// <param name="action">The action.</param>
    /// <param name="id">The id.</param>
    /// <param name="data">Writes the properties of the data.</param>
    /// <param name="done">Receives the error or null while the answer is read, before the next message.</param>
    public static PikkuOutgoing Request(string action, string id, Action<Utf8JsonWriter> data, Action<JsonElement, Exception?>? done = null)
    {
        var message = PikkuText.Write(json =>
        {
            json.WriteString("action", action);
            json.WriteString("id", id);
            json.WriteStartObject("data");
            data(json);
            json.WriteEndObject();
        });
        return new PikkuOutgoing(action, $"\"{id}\"", message, WebSocketMessageType.Text) { OnDone = done };
    }

    public void Complete(JsonElement answer)
    {
        if (_done.TrySetResult(answer))
            OnDone?.Invoke(answer, null);
    }

    public void Fail(Exception error)
    {
        if (!_done.TrySetException(error))
            return;
        _ = _done.Task.Exception; // Observed here, because the caller may have stopped waiting.
        OnDone?.Invoke(default, error);
    }

    // A call may be abandoned while it is written. The later one of these two methods returns true, so the call is canceled on the server
    // exactly once, and never before the server has it.
    public bool MarkWritten() => Interlocked.Exchange(ref _progress, Written) == Abandoned;

    public bool MarkAbandoned() => Interlocked.Exchange(ref _progress, Abandoned) == Written;
}
