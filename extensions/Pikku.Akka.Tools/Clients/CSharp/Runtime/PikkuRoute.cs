namespace Pikku.Clients;

/// <summary>
/// A connection to one channel: what is sent, what comes, and how it is. It connects with the first message or with
/// <see cref="ConnectAsync"/>. Handlers run one after another, in the order in which messages come; while one runs nothing else is received,
/// so they should return soon and must not block until an answer comes. Nothing waits for the task of an asynchronous one.
/// </summary>
public abstract class PikkuRoute : PikkuActions
{
    private protected PikkuRoute(PikkuConnection connection, PikkuSession? direct) : base(connection, direct)
    {
    }

    /// <summary>What the route is doing.</summary>
    public PikkuState State => PikkuConnection.State;

    /// <summary>Connects, anew where the server has closed.</summary>
    /// <param name="cancellationToken">Gives up waiting; the route goes on.</param>
    /// <exception cref="PikkuClosedException">The route has closed; <see cref="PikkuClosedException.Refusal"/> is what the server said, if it did.</exception>
    /// <exception cref="TimeoutException">There was no connection within <see cref="PikkuOptions.Timeout"/>; the route goes on.</exception>
    public Task ConnectAsync(CancellationToken cancellationToken = default) => PikkuConnection.ConnectAsync(cancellationToken);

    /// <summary>Closes the connection for good; the client gives a new route then.</summary>
    public Task CloseAsync() => PikkuConnection.CloseAsync();

    /// <summary>Gets the changes of <see cref="State"/>.</summary>
    /// <param name="handler">Gets them, until what is returned is disposed of.</param>
    public IDisposable OnState(Action<PikkuStateChange> handler) => PikkuConnection.OnState(handler);

    /// <summary>Gets the changes of <see cref="State"/>. Nothing waits for what it returns; when that fails, it is reported.</summary>
    /// <param name="handler">Gets them, until what is returned is disposed of.</param>
    public IDisposable OnState(Func<PikkuStateChange, Task> handler) => OnState(PikkuObserved(handler));

    /// <summary>Gets binary frames.</summary>
    /// <param name="handler">Gets them, until what is returned is disposed of.</param>
    public IDisposable OnBinary(Action<byte[]> handler) => PikkuConnection.Inbox.Binaries.Add(handler);

    /// <summary>Gets binary frames. Nothing waits for what it returns; when that fails, it is reported.</summary>
    /// <param name="handler">Gets them, until what is returned is disposed of.</param>
    public IDisposable OnBinary(Func<byte[], Task> handler) => OnBinary(PikkuObserved(handler));

    // As an Action an asynchronous handler would end the process with what it throws.
    private protected Action<T> PikkuObserved<T>(Func<T, Task> handler) => value => PikkuConnection.Observe(handler(value));

    private protected IDisposable PikkuOnTopic<T>(string topic, Action<T> handler) =>
        PikkuConnection.Inbox.OnTopic(topic, json => handler(PikkuJson.ReadOrNull<T>(json)!));

    private protected IDisposable PikkuOnJson<T>(Action<T> handler) => PikkuConnection.Inbox.Messages.Add(message => handler(
        // What is no JSON is a text.
        PikkuJson.ReadOrNull<T>(message.Json.ValueKind == JsonValueKind.Undefined ? PikkuJson.Element(message.Text) : message.Json)!));

    private protected IDisposable PikkuOnText(Action<string> handler) => PikkuConnection.Inbox.Messages.Add(message => handler(message.Text));

    private protected async Task PikkuSendFrameAsync(ReadOnlyMemory<byte> frame, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        // A copy, since it may have to wait.
        var outgoing = new PikkuOutgoing("a binary frame", null, frame.ToArray(), WebSocketMessageType.Binary);
        await PikkuConnection.CallAsync(_ => outgoing, timeout, PikkuDirect, cancellationToken).ConfigureAwait(false);
    }

    private protected Task<JsonElement> PikkuSendTextAsync(string text, TimeSpan? timeout, CancellationToken cancellationToken) =>
        PikkuConnection.CallAsync(_ => Fallback(Encoding.UTF8.GetBytes(text)), timeout, PikkuDirect, cancellationToken);

    private protected Task<JsonElement> PikkuSendFallbackAsync<TIn>(TIn input, TimeSpan? timeout, CancellationToken cancellationToken) =>
        PikkuConnection.CallAsync(
            id =>
            {
                var json = PikkuJson.Element(input);
                if (json.ValueKind == JsonValueKind.Undefined)
                    json = PikkuJson.Element(new Dictionary<string, string>());
                if (json.ValueKind != JsonValueKind.Object || IdOf(json) is not null)
                    return Fallback(PikkuJson.Bytes(json));
                return Fallback(PikkuJson.Write(writer =>
                {
                    foreach (var property in json.EnumerateObject().Where(property => property.Name != "id"))
                        property.WriteTo(writer);
                    writer.WriteString("id", id);
                }));
            },
            timeout, PikkuDirect, cancellationToken);

    private protected IDisposable PikkuExposeFunction(string name, Func<JsonElement, CancellationToken, Task<JsonElement>> function, string? pending) =>
        PikkuConnection.Inbox.Expose(name, new PikkuRemote(function, pending));

    private static PikkuOutgoing Fallback(byte[] text) =>
        new("the default handler", IdOf(PikkuJson.Parse(text)), text, WebSocketMessageType.Text);

    private static string? IdOf(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty("id", out var id) && id.ValueKind is JsonValueKind.String or JsonValueKind.Number
            ? id.GetRawText()
            : null;
}
