namespace Pikku.Clients;

/// <summary>
/// A connection to one channel. It connects with the first message or with <see cref="ConnectAsync"/>. Handlers run one after another,
/// in the
/// order of the messages. The route receives nothing while a handler runs, so handlers should return quickly and must not block until an
/// answer arrives. The task of an asynchronous handler is not awaited.
/// </summary>
public abstract class PikkuRoute : PikkuActions
{
    private protected PikkuRoute(PikkuConnection connection, PikkuSession? direct) : base(connection, direct)
    {
    }

    /// <summary>The state of the route.</summary>
    public PikkuState State => PikkuConnection.State;

    /// <summary>Connects the route, again if the server has closed it. Completes when the server's <c>onConnect</c> and
    /// <see cref="PikkuOptions.OnOpen"/> have completed.</summary>
    /// <param name="cancellationToken">Stops waiting; the route keeps connecting.</param>
    /// <exception cref="PikkuException">The server has refused the connection; the exception is its reason.</exception>
    /// <exception cref="PikkuClosedException">The route has closed, and the server gave no reason.</exception>
    /// <exception cref="TimeoutException">There was no connection within <see cref="PikkuOptions.Timeout"/>; the route keeps
    /// connecting.</exception>
    public Task ConnectAsync(CancellationToken cancellationToken = default) => PikkuConnection.ConnectAsync(cancellationToken);

    /// <summary>Closes the route permanently. The client then returns a new route for the channel.</summary>
    public Task CloseAsync() => PikkuConnection.CloseAsync();

    /// <summary>Adds a handler for changes of <see cref="State"/>.</summary>
    /// <param name="handler">The handler. Dispose of the returned object to remove it.</param>
    public IDisposable OnState(Action<PikkuStateChange> handler) => PikkuConnection.OnState(handler);

    /// <summary>Adds an asynchronous handler for changes of <see cref="State"/>. Its task is not awaited; a failure is reported to
    /// <see cref="PikkuOptions.OnError"/>.</summary>
    /// <param name="handler">The handler. Dispose of the returned object to remove it.</param>
    public IDisposable OnState(Func<PikkuStateChange, Task> handler) => OnState(PikkuObserved(handler));

    /// <summary>Adds a handler for binary frames.</summary>
    /// <param name="handler">The handler. Dispose of the returned object to remove it.</param>
    public IDisposable OnBinary(Action<byte[]> handler) => PikkuConnection.Inbox.Binaries.Add(handler);

    /// <summary>Adds an asynchronous handler for binary frames. Its task is not awaited; a failure is reported to <see
    /// cref="PikkuOptions.OnError"/>.</summary>
    /// <param name="handler">The handler. Dispose of the returned object to remove it.</param>
    public IDisposable OnBinary(Func<byte[], Task> handler) => OnBinary(PikkuObserved(handler));

    // As an Action, an asynchronous handler would be async void, and its exception would end the process.
    private protected Action<T> PikkuObserved<T>(Func<T, Task> handler) => value => PikkuConnection.Reporter.Observe(handler(value));

    private protected IDisposable PikkuOnTopic<T>(string topic, Action<T> handler) =>
        PikkuConnection.Inbox.OnTopic(topic, json => handler(PikkuJson.ReadOrNull<T>(json)!));

    private protected IDisposable PikkuSubscribe<T>(string topic, Action<T> handler, PikkuSubscriptionOptions? options) => PikkuConnection.Subscribe(
        topic, new PikkuCallback(item => handler(PikkuJson.ReadOrNull<T>(item.Data)!), options ?? new PikkuSubscriptionOptions(), PikkuConnection.Reporter.Report));

    private protected IAsyncEnumerable<T> PikkuEvents<T>(string topic, CancellationToken cancellationToken) =>
        PikkuConnection.Events(topic, needsState: false, item => PikkuJson.ReadOrNull<T>(item.Data)!, cancellationToken);

    private protected IAsyncEnumerable<PikkuEvent<T>> PikkuWatch<T>(string topic, CancellationToken cancellationToken) =>
        PikkuConnection.Events(topic, needsState: false, item => item.ToEvent<T>(), cancellationToken);

    private protected IAsyncEnumerable<PikkuUpdate<TState, TEvent>> PikkuWatch<TState, TEvent>(string topic, CancellationToken cancellationToken) =>
        PikkuConnection.Events(topic, needsState: true, item => item.ToUpdate<TState, TEvent>(), cancellationToken);

    private protected PikkuLive<TState, TEvent> PikkuLive<TState, TEvent>(string topic, Func<TState, TEvent, TState> reduce) =>
        new(PikkuConnection, topic, reduce);

    private protected PikkuPresence<TInfo> PikkuPresence<TInfo>(string topic) => new(PikkuConnection, topic);

    private protected PikkuEntries<TValue> PikkuEntries<TValue>(string topic) => new(PikkuConnection, topic);

    private protected IDisposable PikkuOnJson<T>(Action<T> handler) => PikkuConnection.Inbox.Messages.Add(message => handler(
        // A message that is not JSON is passed as a string.
        PikkuJson.ReadOrNull<T>(message.Json.ValueKind == JsonValueKind.Undefined ? PikkuJson.Element(message.Text) : message.Json)!));

    private protected IDisposable PikkuOnText(Action<string> handler) => PikkuConnection.Inbox.Messages.Add(message => handler(message.Text));

    private protected async Task PikkuSendFrameAsync(ReadOnlyMemory<byte> frame, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        // Copied, because the frame may have to wait.
        var outgoing = new PikkuOutgoing("a binary frame", null, frame.ToArray(), WebSocketMessageType.Binary);
        await PikkuConnection.Caller.CallAsync(_ => outgoing, timeout, PikkuDirect, cancellationToken).ConfigureAwait(false);
    }

    private protected Task<JsonElement> PikkuSendTextAsync(string text, TimeSpan? timeout, CancellationToken cancellationToken) =>
        PikkuConnection.Caller.CallAsync(_ => Fallback(Encoding.UTF8.GetBytes(text)), timeout, PikkuDirect, cancellationToken);

    private protected Task<JsonElement> PikkuSendFallbackAsync<TIn>(TIn input, TimeSpan? timeout, CancellationToken cancellationToken) =>
        PikkuConnection.Caller.CallAsync(
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
