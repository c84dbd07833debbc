namespace Pikku.Akka.Clients;

/// <summary>
/// A connection to one channel. It connects with the first message or with <see cref="ConnectAsync"/>. Handlers run one after another,
/// in the
/// order of the messages. The route receives nothing while a handler runs, so handlers should return quickly and must not block until an
/// answer arrives. The task of an asynchronous handler is not awaited.
/// </summary>
public abstract class PikkuRoute : PikkuActions
{
    private static readonly JsonElement s_empty = PikkuText.Parse("{}"u8);

    /// <summary>Only generated code derives from this class.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="direct">The session that sends all messages at once; null to send them when the connection is open.</param>
    protected PikkuRoute(PikkuConnection connection, PikkuSession? direct) : base(connection, direct)
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

    /// <summary>Returns a handler that starts an asynchronous handler and reports its failure.</summary>
    // As an Action, an asynchronous handler would be async void, and its exception would end the process.
    protected Action<T> PikkuObserved<T>(Func<T, Task> handler) => value => PikkuConnection.Reporter.Observe(handler(value));

    /// <summary>Adds a handler for the events of a topic that the client cannot subscribe to.</summary>
    protected IDisposable PikkuOnTopic<T>(string topic, Action<T> handler) =>
        PikkuConnection.Inbox.OnTopic(topic, json => handler(PikkuConnection.Json.ReadOrNull<T>(json)!));

    /// <summary>Subscribes to a topic and adds a handler for its events.</summary>
    protected IDisposable PikkuSubscribe<T>(string topic, Action<T> handler, PikkuSubscriptionOptions? options) => PikkuConnection.Subscribe(
        topic, new PikkuCallback(item => handler(PikkuConnection.Json.ReadOrNull<T>(item.Data)!), options ?? new PikkuSubscriptionOptions(), PikkuConnection.Reporter.Report));

    /// <summary>Subscribes to a topic and returns its events.</summary>
    protected IAsyncEnumerable<T> PikkuEvents<T>(string topic, CancellationToken cancellationToken) =>
        PikkuConnection.Events(topic, needsState: false, item => PikkuConnection.Json.ReadOrNull<T>(item.Data)!, cancellationToken);

    /// <summary>Subscribes to a topic and returns its events with their positions.</summary>
    protected IAsyncEnumerable<PikkuEvent<T>> PikkuWatch<T>(string topic, CancellationToken cancellationToken) =>
        PikkuConnection.Events(topic, needsState: false, item => item.ToEvent<T>(PikkuConnection.Json), cancellationToken);

    /// <summary>Subscribes to a topic and returns its state, then its events.</summary>
    protected IAsyncEnumerable<PikkuUpdate<TState, TEvent>> PikkuWatch<TState, TEvent>(string topic, CancellationToken cancellationToken) =>
        PikkuConnection.Events(topic, needsState: true, item => item.ToUpdate<TState, TEvent>(PikkuConnection.Json), cancellationToken);

    /// <summary>Keeps the state of a topic current.</summary>
    protected PikkuLive<TState, TEvent> PikkuLive<TState, TEvent>(string topic, Func<TState, TEvent, TState> reduce) =>
        new(PikkuConnection, topic, reduce);

    /// <summary>Keeps the list of who is present in a topic current.</summary>
    protected PikkuPresence<TInfo> PikkuPresence<TInfo>(string topic) => new(PikkuConnection, topic);

    /// <summary>Keeps the entries of a state topic current.</summary>
    protected PikkuEntries<TValue> PikkuEntries<TValue>(string topic) => new(PikkuConnection, topic);

    /// <summary>Adds a handler for messages that belong to no topic and no call.</summary>
    protected IDisposable PikkuOnJson<T>(Action<T> handler) => PikkuConnection.Inbox.Messages.Add(message => handler(
        // A message that is not JSON is passed as a string.
        PikkuConnection.Json.ReadOrNull<T>(message.Json.ValueKind == JsonValueKind.Undefined ? PikkuConnection.Json.Element(message.Text) : message.Json)!));

    /// <summary>Adds a handler for the texts of messages that belong to no topic and no call.</summary>
    protected IDisposable PikkuOnText(Action<string> handler) => PikkuConnection.Inbox.Messages.Add(message => handler(message.Text));

    /// <summary>Sends a binary frame.</summary>
    protected async Task PikkuSendFrameAsync(ReadOnlyMemory<byte> frame, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        // Copied, because the frame may have to wait.
        var outgoing = new PikkuOutgoing("a binary frame", null, frame.ToArray(), WebSocketMessageType.Binary);
        await PikkuConnection.Caller.CallAsync(_ => outgoing, timeout, PikkuDirect, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends a text to the default handler of the channel.</summary>
    protected Task<JsonElement> PikkuSendTextAsync(string text, TimeSpan? timeout, CancellationToken cancellationToken) =>
        PikkuConnection.Caller.CallAsync(_ => Fallback(Encoding.UTF8.GetBytes(text)), timeout, PikkuDirect, cancellationToken);

    /// <summary>Sends a value to the default handler of the channel.</summary>
    protected Task<JsonElement> PikkuSendFallbackAsync<TIn>(TIn input, TimeSpan? timeout, CancellationToken cancellationToken) =>
        PikkuConnection.Caller.CallAsync(
            id =>
            {
                var json = PikkuConnection.Json.Element(input);
                if (json.ValueKind == JsonValueKind.Undefined)
                    json = s_empty;
                if (json.ValueKind != JsonValueKind.Object || IdOf(json) is not null)
                    return Fallback(PikkuText.Bytes(json));
                return Fallback(PikkuConnection.Json.Write(writer =>
                {
                    foreach (var property in json.EnumerateObject().Where(property => property.Name != "id"))
                        property.WriteTo(writer);
                    writer.WriteString("id", id);
                }));
            },
            timeout, PikkuDirect, cancellationToken);

    /// <summary>Returns the name of a topic of a family.</summary>
    protected string PikkuTopic<TKey>(string template, TKey key) => PikkuTopicName.Of(template, PikkuConnection.Json.Element(key));

    /// <summary>Lets the server call a function.</summary>
    protected IDisposable PikkuExpose(string name, Func<JsonElement, CancellationToken, Task<JsonElement>> function, string? pending) =>
        PikkuConnection.Inbox.Expose(name, new PikkuRemote(function, pending));

    /// <summary>Reads a value that must not be null.</summary>
    protected T PikkuRead<T>(JsonElement json) => PikkuConnection.Json.Read<T>(json);

    /// <summary>Reads a value that may be null.</summary>
    protected T? PikkuReadOrNull<T>(JsonElement json) => PikkuConnection.Json.ReadOrNull<T>(json);

    /// <summary>Converts a value to JSON; null becomes undefined, which is not sent.</summary>
    protected JsonElement PikkuElement<T>(T value) => PikkuConnection.Json.Element(value);

    private PikkuOutgoing Fallback(byte[] text) =>
        new("the default handler", IdOf(PikkuConnection.Json.Parse(text)), text, WebSocketMessageType.Text);

    private static string? IdOf(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty("id", out var id) && id.ValueKind is JsonValueKind.String or JsonValueKind.Number
            ? id.GetRawText()
            : null;
}
