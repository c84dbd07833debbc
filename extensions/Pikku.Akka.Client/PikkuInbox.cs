namespace Pikku.Akka.Clients;

/// <summary>Dispatches the messages of the server to handlers and calls. No message may break the client.</summary>
internal sealed class PikkuInbox(PikkuJson json, IReadOnlyList<string> keys, PikkuCalls calls, int maxAnswering, Action<Exception> report)
{
    private readonly ConcurrentDictionary<string, PikkuRemote> _remotes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PikkuHandlers<JsonElement>> _topics = new(StringComparer.Ordinal);
    private int _answering;
    private TaskCompletionSource<JsonElement> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isAccepted;
    private Exception? _lastError;

    /// <summary>Messages that belong to no topic and no call: the text and its JSON, which is undefined if the text is not JSON.</summary>
    public PikkuHandlers<(string Text, JsonElement Json)> Messages { get; } = new();

    public PikkuHandlers<byte[]> Binaries { get; } = new();

    /// <summary>The last error that belongs to no call. If the connection ends, it is the reason.</summary>
    public Exception? LastError => Volatile.Read(ref _lastError);

    /// <summary>True if <c>onConnect</c> has accepted the connection: the server said so, or a reply has arrived.</summary>
    public bool IsAccepted => Volatile.Read(ref _isAccepted);

    /// <summary>True if there is a handler of messages that no subscription of the client brings back.</summary>
    public bool HasListeners
    {
        get
        {
            lock (_topics)
                return _topics.Count > 0 || !Messages.IsEmpty || !Binaries.IsEmpty;
        }
    }

    /// <summary>Completes with the answer to the first ping, when <c>onConnect</c> has completed.</summary>
    public Task<JsonElement> Ready => _ready.Task;

    /// <summary>Receives the topic and the message of an event, of a position without an event, and of a position that replaces that of the client.</summary>
    public Action<string, JsonElement>? EventReceived { get; set; }

    /// <summary>Receives the topic and the error of a subscription that the server has ended.</summary>
    public Action<string, PikkuException>? SubscriptionEnded { get; set; }

    public IDisposable OnTopic(string topic, Action<JsonElement> handler)
    {
        lock (_topics)
        {
            if (!_topics.TryGetValue(topic, out var handlers))
                _topics.Add(topic, handlers = new PikkuHandlers<JsonElement>());
            return handlers.Add(handler, () => RemoveIfEmpty(topic, handlers));
        }
    }

    public IDisposable Expose(string name, PikkuRemote remote)
    {
        _remotes[name] = remote;
        return new PikkuRemoval(() => ((ICollection<KeyValuePair<string, PikkuRemote>>)_remotes).Remove(new(name, remote)));
    }

    public void Begin()
    {
        Volatile.Write(ref _lastError, null);
        Volatile.Write(ref _isAccepted, false);
        _ready = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public void Receive(PikkuSession session, ReadOnlyMemory<byte> data, WebSocketMessageType type)
    {
        Volatile.Write(ref _lastError, null);
        try
        {
            Dispatch(session, data, type);
        }
        catch (Exception e)
        {
            // Names and texts that are not valid Unicode throw when they are read. Later messages are not affected.
            report(e);
        }
    }

    // The order is defined in the protocol, "How a client tells messages apart".
    private void Dispatch(PikkuSession session, ReadOnlyMemory<byte> data, WebSocketMessageType type)
    {
        if (type == WebSocketMessageType.Binary)
        {
            if (!Binaries.IsEmpty)
                Binaries.Emit(data.ToArray(), report);
            return;
        }

        var message = json.Parse(data.Span);
        if (message.ValueKind == JsonValueKind.Undefined && PikkuText.IsBrokenObject(data.Span))
            Report(new InvalidDataException("The server sent a message that is not Unicode text: it contains an unpaired surrogate."));
        else if (message.ValueKind != JsonValueKind.Object)
            EmitMessage(data, message);
        else if (!ReceiveReserved(session, message, out var isReserved))
            ReceiveObject(data, message, isReserved);
    }

    /// <summary>Handles a message of the protocol that answers no call.</summary>
    private bool ReceiveReserved(PikkuSession session, JsonElement message, out bool isReserved)
    {
        isReserved = false;
        if (!message.TryGetProperty("action", out var property) || property.ValueKind != JsonValueKind.String)
            return false;
        var action = property.GetString()!;
        isReserved = action.StartsWith("pikku-", StringComparison.Ordinal);
        switch (action)
        {
            case "pikku-rpc-request":
                _ = AnswerAsync(session, message);
                return true;
            case "pikku-unsubscribed":
                if (message.TryGetProperty("subscribed", out var topic) && topic.ValueKind == JsonValueKind.String)
                    SubscriptionEnded?.Invoke(topic.GetString()!, PikkuException.Of(message));
                return true;
            case "pikku-pong":
                if (message.TryGetProperty("ready", out var ready) && ready.ValueKind == JsonValueKind.True)
                {
                    Volatile.Write(ref _isAccepted, true);
                    _ready.TrySetResult(message);
                }

                return true;
            default:
                return false;
        }
    }

    private void ReceiveObject(ReadOnlyMemory<byte> data, JsonElement message, bool isReserved)
    {
        var isRouted = isReserved || keys.Any(key => message.TryGetProperty(key, out var value) && value.ValueKind is JsonValueKind.String or JsonValueKind.Number);
        var isReply = isReserved
            || message.EnumerateObject().All(property => property.Name is "id" or "data" or "error" or "item" or "done" || keys.Contains(property.Name));
        var id = message.TryGetProperty("id", out var found) ? found.GetRawText() : null;
        if (isReply && id is not null && message.TryGetProperty("item", out var item) && !IsError(message) && calls.Find(id) is { } stream)
        {
            Volatile.Write(ref _isAccepted, true);
            stream.OnItem?.Invoke(item);
        }
        else if (isReply && (id is not null || (!isRouted && !message.TryGetProperty("item", out _))) && calls.Take(id) is { } call)
        {
            Volatile.Write(ref _isAccepted, true);
            Complete(call, message);
        }
        else if (!isRouted && message.TryGetProperty("topic", out var topic) && topic.ValueKind == JsonValueKind.String
            && (message.TryGetProperty("data", out var payload) || IsPosition(message)))
            ReceiveEvent(topic.GetString()!, message, payload);
        else if (isReply && id is not null && id.StartsWith("\"p", StringComparison.Ordinal))
            return; // The call was abandoned.
        else if (IsError(message))
            Report(PikkuException.Of(message));
        else if (!isReserved)
            EmitMessage(data, message);
    }

    private void ReceiveEvent(string topic, JsonElement message, JsonElement payload)
    {
        EventReceived?.Invoke(topic, message);
        if (payload.ValueKind != JsonValueKind.Undefined)
            HandlersOf(topic)?.Emit(payload, report);
    }

    private static bool IsPosition(JsonElement message) =>
        message.EnumerateObject().All(property => property.Name == "topic" || (property.Name is "at" or "position" && property.Value.ValueKind == JsonValueKind.String))
        && (message.TryGetProperty("at", out _) || message.TryGetProperty("position", out _));

    private static bool IsError(JsonElement message) =>
        message.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object
        || message.TryGetProperty("errorName", out var name) && name.ValueKind == JsonValueKind.String;

    private static void Complete(PikkuOutgoing call, JsonElement message)
    {
        if (IsError(message))
            call.Fail(PikkuException.Of(message));
        else
            call.Complete(message.TryGetProperty("data", out var data) ? data : default);
    }

    private void Report(Exception error)
    {
        Volatile.Write(ref _lastError, error);
        report(error);
    }

    private void EmitMessage(ReadOnlyMemory<byte> data, JsonElement message)
    {
        if (!Messages.IsEmpty)
            Messages.Emit((Encoding.UTF8.GetString(data.Span), message), report);
    }

    private PikkuHandlers<JsonElement>? HandlersOf(string topic)
    {
        lock (_topics)
            return _topics.TryGetValue(topic, out var handlers) ? handlers : null;
    }

    private void RemoveIfEmpty(string topic, PikkuHandlers<JsonElement> handlers)
    {
        lock (_topics)
        {
            if (handlers.IsEmpty && _topics.TryGetValue(topic, out var known) && known == handlers)
                _topics.Remove(topic);
        }
    }

    private async Task AnswerAsync(PikkuSession session, JsonElement request)
    {
        if (!request.TryGetProperty("id", out var id))
            return;
        try
        {
            var name = request.TryGetProperty("funcName", out var given) && given.ValueKind == JsonValueKind.String ? given.GetString()! : "";
            var answer = await RunAsync(session, id, name, request.TryGetProperty("data", out var data) ? data : default).ConfigureAwait(false);
            await session.WriteAsync(answer, WebSocketMessageType.Text).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // If the connection has ended, nobody would receive the answer.
            if (!session.Ended.IsCancellationRequested)
                report(e);
        }
    }

    private async Task<byte[]> RunAsync(PikkuSession session, JsonElement id, string name, JsonElement data)
    {
        if (!_remotes.TryGetValue(name, out var remote))
            return Failure(id, "RPCNotFoundError", $"Capability not exposed: {name}");
        try
        {
            if (Interlocked.Increment(ref _answering) > maxAnswering)
                return Failure(id, "TooManyRequestsError", "Too many calls are open.");
            if (remote.Pending is { } reason)
                await session.WriteAsync(Response("pikku-rpc-pending", id, writer => writer.WriteString("reason", reason)), WebSocketMessageType.Text).ConfigureAwait(false);
            // On the thread pool, so that a slow function does not delay other messages.
            var result = await Task.Run(() => remote.Run(data, session.Ended)).ConfigureAwait(false);
            return Response("pikku-rpc-response", id, writer =>
            {
                writer.WriteBoolean("ok", true);
                if (result.ValueKind == JsonValueKind.Undefined)
                    return;
                writer.WritePropertyName("result");
                result.WriteTo(writer);
            });
        }
        catch (Exception e)
        {
            return Failure(id, e is PikkuException known ? known.Name : e.GetType().Name, e.Message);
        }
        finally
        {
            Interlocked.Decrement(ref _answering);
        }
    }

    private byte[] Failure(JsonElement id, string name, string message) => Response("pikku-rpc-response", id, writer =>
    {
        writer.WriteBoolean("ok", false);
        writer.WriteStartObject("error");
        writer.WriteString("name", name);
        writer.WriteString("message", message);
        writer.WriteEndObject();
    });

    private byte[] Response(string action, JsonElement id, Action<Utf8JsonWriter> more) => json.Write(writer =>
    {
        writer.WriteString("action", action);
        writer.WritePropertyName("id");
        id.WriteTo(writer);
        more(writer);
    });
}
