using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Pikku.Akka.Testing;

namespace Pikku.Akka;

/// <summary>
/// A connection of a test to a channel. It always reads, unless a test stops it with <see cref="Link"/>, so that it answers pings. Replies to <see cref="InvokeAsync{TOutput}"/>,
/// events of a subscription and calls of exposed functions go where they belong; every other message waits for an expectation, in order.
/// </summary>
public sealed class PikkuTestConnection : IAsyncDisposable
{
    private readonly PikkuTestHost _host;
    private readonly string _name;
    private readonly WebSocket _socket;
    private readonly JsonSerializerOptions _json;
    private readonly Transcript _transcript;
    private readonly Channel<PikkuTestMessage> _inbox = Channel.CreateUnbounded<PikkuTestMessage>();
    private readonly ConcurrentDictionary<long, Channel<PikkuTestMessage>> _replies = new();
    private readonly ConcurrentDictionary<string, SubscriptionInbox> _subscriptions = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Func<JsonElement?, Task<JsonNode?>>> _exposed = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _sending = new(1);
    private long _id;

    internal PikkuTestConnection(PikkuTestHost host, string name, WebSocket socket, PikkuTestLink link, JsonSerializerOptions json)
    {
        (_host, _name, _socket, Link, _json) = (host, name, socket, link, json);
        _transcript = new Transcript(host.IsVirtual ? host.Time : TimeProvider.System);
        Closed = Task.Run(ReceiveAsync);
    }

    /// <summary>The connection below the WebSocket, which a test can cut or stall.</summary>
    public PikkuTestLink Link { get; }

    /// <summary>The subprotocol; null for none.</summary>
    public string? Subprotocol => _socket.SubProtocol;

    /// <summary>Completes when the connection has ended.</summary>
    public Task<PikkuTestClose> Closed { get; }

    private bool IsEnveloped => Subprotocol == "pikku.v1";

    /// <summary>Sends a text message as it is.</summary>
    /// <param name="text">The message.</param>
    public Task SendTextAsync(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        _transcript.Sent(text);
        return SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text);
    }

    /// <summary>Sends a binary message.</summary>
    /// <param name="bytes">The message.</param>
    public Task SendBinaryAsync(ReadOnlyMemory<byte> bytes)
    {
        _transcript.Sent($"[{bytes.Length} bytes] {Convert.ToHexStringLower(bytes.Span)}");
        return SendAsync(bytes, WebSocketMessageType.Binary);
    }

    /// <summary>Sends the message of an action, in the form of the connection: enveloped on <c>pikku.v1</c> and flat otherwise. The reply waits for an expectation.</summary>
    /// <param name="action">The name of the action.</param>
    /// <param name="data">The data; null for none.</param>
    public Task SendAsync(string action, object? data = null)
    {
        var message = new JsonObject { ["action"] = action };
        if (JsonOf(data) is { } json)
            if (IsEnveloped)
                message["data"] = json;
            else
                foreach (var (name, value) in json as JsonObject ?? throw new ArgumentException("Without pikku.v1 the data of an action is an object.", nameof(data)))
                    message[name] = value?.DeepClone();
        return SendTextAsync(message.ToJsonString(_json));
    }

    /// <summary>Calls an action and returns its result. Only on <c>pikku.v1</c>.</summary>
    /// <typeparam name="TOutput">The type of the result.</typeparam>
    /// <param name="action">The name of the action.</param>
    /// <param name="data">The data; null for none.</param>
    /// <exception cref="PikkuTestException">The reply is an error.</exception>
    /// <exception cref="PikkuExpectationException">No reply comes, or the result has another type.</exception>
    public async Task<TOutput> InvokeAsync<TOutput>(string action, object? data = null)
    {
        var reply = await CallAsync(action, data);
        return reply.Json.TryGetProperty("data", out var result) ? reply.Read<TOutput>(result) : default!;
    }

    /// <summary>Calls an action that has no result, or whose result does not matter. Only on <c>pikku.v1</c>.</summary>
    /// <param name="action">The name of the action.</param>
    /// <param name="data">The data; null for none.</param>
    /// <exception cref="PikkuTestException">The reply is an error.</exception>
    public Task InvokeAsync(string action, object? data = null) => CallAsync(action, data);

    /// <summary>Calls an action that replies with a stream, and returns its items. Only on <c>pikku.v1</c>. Leaving the loop early cancels the stream.</summary>
    /// <typeparam name="TItem">The type of an item.</typeparam>
    /// <param name="action">The name of the action.</param>
    /// <param name="data">The data; null for none.</param>
    /// <param name="cancellationToken">Ends the loop.</param>
    /// <exception cref="PikkuTestException">The stream ends with an error.</exception>
    public IAsyncEnumerable<TItem> StreamAsync<TItem>(string action, object? data = null, CancellationToken cancellationToken = default) =>
        ReadStreamAsync<TItem>(action, data, cancellationToken);

    /// <summary>Subscribes to a topic. Only on <c>pikku.v1</c>.</summary>
    /// <typeparam name="TEvent">The type of the events.</typeparam>
    /// <param name="topic">The topic.</param>
    /// <param name="since">The position of an earlier subscription (<see cref="PikkuTestSubscription{TEvent}.Position"/>), to continue from there; null to begin now.</param>
    /// <exception cref="PikkuTestException">The subscription is refused.</exception>
    public async Task<PikkuTestSubscription<TEvent>> SubscribeAsync<TEvent>(Topic<TEvent> topic, string? since = null)
    {
        ArgumentNullException.ThrowIfNull(topic);
        var inbox = new SubscriptionInbox();
        if (!_subscriptions.TryAdd(topic.Name, inbox))
            throw new InvalidOperationException($"The connection is already subscribed to '{topic.Name}'.");
        try
        {
            var reply = await CallAsync("pikku-subscribe", since is null ? new { topic = topic.Name } : new { topic = topic.Name, since });
            return new PikkuTestSubscription<TEvent>(this, topic.Name, inbox, reply);
        }
        catch
        {
            _subscriptions.TryRemove(topic.Name, out _);
            throw;
        }
    }

    /// <summary>Exposes a function that the server may call.</summary>
    /// <typeparam name="TInput">The type of the argument.</typeparam>
    /// <typeparam name="TOutput">The type of the answer.</typeparam>
    /// <param name="function">The function.</param>
    /// <param name="handler">Answers a call. If it throws, the server receives the error.</param>
    public void Expose<TInput, TOutput>(ClientFunction<TInput, TOutput> function, Func<TInput, Task<TOutput>> handler)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(handler);
        _exposed[function.Name] = async input =>
            JsonSerializer.SerializeToNode(await handler(input is { } json ? json.Deserialize<TInput>(_json)! : default!), _json);
    }

    /// <summary>Returns the next message.</summary>
    /// <exception cref="PikkuExpectationException">No message comes, or the connection ends.</exception>
    public Task<PikkuTestMessage> NextAsync() => TakeAsync(_inbox.Reader, () => "a message");

    /// <summary>Returns the next message that the server sent by itself with <see cref="IPikkuChannel.SendAsync"/>, without its envelope.</summary>
    /// <typeparam name="TMessage">The type of the message.</typeparam>
    /// <exception cref="PikkuExpectationException">No message comes, or the next one has another type.</exception>
    public async Task<TMessage> NextMessageAsync<TMessage>()
    {
        var message = await NextAsync();
        return message.Json is { ValueKind: JsonValueKind.Object } json && json.TryGetProperty("message", out _) && json.TryGetProperty("data", out var data)
            ? message.Read<TMessage>(data)
            : message.Read<TMessage>();
    }

    /// <summary>Expects that the next message is this JSON. The order of properties does not matter.</summary>
    /// <param name="json">The JSON.</param>
    /// <exception cref="PikkuExpectationException">Another message comes, or none.</exception>
    public async Task ExpectAsync(string json)
    {
        var wanted = JsonElement.Parse(json);
        Check(await TakeAsync(_inbox.Reader, () => json), json, message => message.TryReadJson(out var received, out _) && JsonElement.DeepEquals(wanted, received));
    }

    /// <summary>Expects that the next message contains this JSON: objects may have more properties.</summary>
    /// <param name="json">The JSON.</param>
    /// <exception cref="PikkuExpectationException">Another message comes, or none.</exception>
    public async Task ExpectMatchAsync(string json)
    {
        var wanted = JsonElement.Parse(json);
        Check(
            await TakeAsync(_inbox.Reader, () => $"a message that contains {json}"), $"a message that contains {json}",
            message => message.TryReadJson(out var received, out _) && JsonMatch.IsWithin(wanted, received));
    }

    /// <summary>Expects that the next message is exactly this text.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="PikkuExpectationException">Another message comes, or none.</exception>
    public async Task ExpectTextAsync(string text) => Check(await TakeAsync(_inbox.Reader, () => text), text, message => message.Text == text);

    /// <summary>Expects that the next message consists of these bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <exception cref="PikkuExpectationException">Another message comes, or none.</exception>
    public async Task ExpectBinaryAsync(ReadOnlyMemory<byte> bytes)
    {
        var wanted = $"[{bytes.Length} bytes] {Convert.ToHexStringLower(bytes.Span)}";
        Check(await TakeAsync(_inbox.Reader, () => wanted), wanted, message => message.IsBinary && message.Bytes.Span.SequenceEqual(bytes.Span));
    }

    /// <summary>
    /// Expects that no message waits after the host has handled everything that it has received (<see cref="PikkuTestHost.IdleAsync"/>). It does not wait for a time.
    /// </summary>
    /// <exception cref="PikkuExpectationException">A message waits, or the host does not become idle.</exception>
    public async Task ExpectNothingAsync()
    {
        await _host.IdleAsync();
        if (_inbox.Reader.TryRead(out var message))
            throw Failed("no message", $"{message}");
    }

    /// <summary>Discards the messages that have come so far, after the host has handled everything that it has received.</summary>
    public async Task SkipAsync()
    {
        await _host.IdleAsync();
        while (_inbox.Reader.TryRead(out _))
        {
        }
    }

    /// <summary>Expects that the connection ends with this code. Messages before that are not looked at.</summary>
    /// <param name="code">The code; <see cref="PikkuTestClose.NoCloseFrame"/> for an end without a close frame.</param>
    /// <param name="reason">The reason; null for any.</param>
    /// <exception cref="PikkuExpectationException">The connection stays open, or ends with another code or reason.</exception>
    public async Task ExpectCloseAsync(CloseCode code, string? reason = null)
    {
        var wanted = $"the close {(int)code} {reason}".TrimEnd();
        PikkuTestClose close;
        try
        {
            close = await Closed.WaitAsync(_host.Patience);
        }
        catch (TimeoutException)
        {
            throw Failed(wanted, $"nothing within {_host.Patience}: the connection is open");
        }

        if (close.Code != code || (reason is not null && close.Reason != reason))
            throw Failed(wanted, $"the close {close}");
    }

    /// <summary>Closes the connection with a close frame and waits until it has ended.</summary>
    /// <param name="code">The close code.</param>
    public async Task CloseAsync(CloseCode code = CloseCode.Normal)
    {
        if (_socket.State is WebSocketState.Open)
        {
            _transcript.Sent($"close {(int)code}");
            await _socket.CloseOutputAsync((WebSocketCloseStatus)code, null, CancellationToken.None);
        }

        await Closed.WaitAsync(_host.Patience);
    }

    /// <summary>Cuts the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        Link.Cut();
        await Closed;
        _socket.Dispose();
    }

    internal async Task UnsubscribeAsync(string topic)
    {
        await CallAsync("pikku-unsubscribe", new { topic });
        _subscriptions.TryRemove(topic, out _);
    }

    internal Task IdleAsync() => _host.IdleAsync();

    internal Task<PikkuTestMessage> NextAsync(string wanted) => TakeAsync(_inbox.Reader, () => wanted);

    internal PikkuTestMessage? TryTake() => _inbox.Reader.TryRead(out var message) ? message : null;

    /// <summary>Takes the next message of an inbox, or fails with what happened instead.</summary>
    /// <exception cref="PikkuTestException">The server has ended the subscription whose inbox it is.</exception>
    /// <exception cref="PikkuExpectationException">No message comes, or the connection ends.</exception>
    internal async Task<PikkuTestMessage> TakeAsync(ChannelReader<PikkuTestMessage> inbox, Func<string> wanted)
    {
        using var patience = new CancellationTokenSource(_host.Patience);
        try
        {
            return await inbox.ReadAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            throw Failed(wanted(), $"nothing within {_host.Patience}{(_host.IsVirtual ? ". Virtual time stands still: if the server waits for a time, call AdvanceAsync" : "")}");
        }
        catch (ChannelClosedException e) when (e.InnerException is PikkuTestException ended)
        {
            throw ended; // the server has ended the subscription; the connection lives on
        }
        catch (ChannelClosedException)
        {
            throw Failed(wanted(), $"the close {await Closed}");
        }
    }

    internal PikkuExpectationException Failed(string wanted, string received) => new(
        $"""
        The {_name} expected {PikkuTestMessage.Shorten(wanted)}
        but received {received}
        Its last messages:
        {_transcript}
        {(_host.LoggedProblems is { Count: > 0 } problems ? $"The host logged:\n{string.Join('\n', problems.TakeLast(5).Select(problem => $"  {problem}"))}" : "The host logged no warnings.")}
        """);

    private static void ThrowIfError(PikkuTestMessage reply)
    {
        if (!reply.Json.TryGetProperty("error", out var error) || error.ValueKind != JsonValueKind.Object)
            return;
        throw ErrorOf(error);
    }

    internal static PikkuTestException ErrorOf(JsonElement error) => new(
        error.GetProperty("name").GetString()!, error.GetProperty("status").GetInt32(), error.GetProperty("message").GetString()!,
        error.TryGetProperty("details", out var details)
            ? [.. details.EnumerateArray().Select(detail => new InputProblem(detail.GetProperty("path").GetString()!, detail.GetProperty("message").GetString()!))]
            : []);

    private async Task<PikkuTestMessage> CallAsync(string action, object? data)
    {
        var (id, replies) = await BeginAsync(action, data);
        try
        {
            var reply = await TakeAsync(replies.Reader, () => $"the reply to '{action}'");
            ThrowIfError(reply);
            return reply;
        }
        finally
        {
            _replies.TryRemove(id, out _);
        }
    }

    private async Task<(long Id, Channel<PikkuTestMessage> Replies)> BeginAsync(string action, object? data)
    {
        if (!IsEnveloped)
            throw new InvalidOperationException("Replies have no id without the subprotocol pikku.v1. Use SendAsync and ExpectAsync, or connect with pikku.v1.");
        var (id, replies) = (Interlocked.Increment(ref _id), Channel.CreateUnbounded<PikkuTestMessage>());
        _replies[id] = replies;
        if (Closed.IsCompleted)
            replies.Writer.TryComplete(); // the end of the connection may have missed it
        var message = new JsonObject { ["action"] = action, ["id"] = id };
        if (JsonOf(data) is { } json)
            message["data"] = json;
        try
        {
            await SendTextAsync(message.ToJsonString(_json));
        }
        catch (Exception e) when (e is WebSocketException or IOException or ObjectDisposedException)
        {
            // The reason is the end of the connection, which the wait for the reply reports.
        }

        return (id, replies);
    }

    private async IAsyncEnumerable<TItem> ReadStreamAsync<TItem>(string action, object? data, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (id, replies) = await BeginAsync(action, data);
        var ended = false;
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var message = await TakeAsync(replies.Reader, () => $"an item of '{action}'");
                if (!message.Json.TryGetProperty("item", out var item))
                {
                    ended = true;
                    ThrowIfError(message);
                    yield break;
                }

                yield return message.Read<TItem>(item);
            }
        }
        finally
        {
            _replies.TryRemove(id, out _);
            if (!ended && Link.IsOpen)
                await SendTextAsync($$"""{"action":"pikku-cancel","id":{{id}}}""");
        }
    }

    private JsonNode? JsonOf(object? data) => data is null ? null : JsonSerializer.SerializeToNode(data, data.GetType(), _json);

    private void Check(PikkuTestMessage message, string wanted, Func<PikkuTestMessage, bool> matches)
    {
        if (!matches(message))
            throw Failed(wanted, $"{message}");
    }

    private async Task SendAsync(ReadOnlyMemory<byte> message, WebSocketMessageType type)
    {
        using var patience = new CancellationTokenSource(_host.Patience);
        // A WebSocket takes one message at a time.
        await _sending.WaitAsync(patience.Token);
        try
        {
            await _socket.SendAsync(message, type, endOfMessage: true, patience.Token);
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task<PikkuTestClose> ReceiveAsync()
    {
        var (buffer, message) = (new byte[16 * 1024], new MemoryStream());
        PikkuTestClose close;
        try
        {
            while (true)
            {
                var part = await _socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
                if (part.MessageType == WebSocketMessageType.Close)
                    break;
                message.Write(buffer.AsSpan(0, part.Count));
                if (!part.EndOfMessage)
                    continue;
                Receive(new PikkuTestMessage(message.ToArray(), part.MessageType == WebSocketMessageType.Binary, _json));
                message.SetLength(0);
            }

            close = new PikkuTestClose((CloseCode)(_socket.CloseStatus ?? WebSocketCloseStatus.NormalClosure), _socket.CloseStatusDescription ?? "");
            if (_socket.State == WebSocketState.CloseReceived)
                await _socket.CloseOutputAsync((WebSocketCloseStatus)close.Code, null, CancellationToken.None);
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // With a close frame, only the answer to it came too late.
            if (_socket.CloseStatus is null)
                _transcript.Note($"{e.GetType().Name}: {(e.InnerException ?? e).Message}");
            close = _socket.CloseStatus is { } code ? new PikkuTestClose((CloseCode)code, _socket.CloseStatusDescription ?? "") : new PikkuTestClose(PikkuTestClose.NoCloseFrame, "");
        }

        _transcript.Note($"closed with {close}");
        _inbox.Writer.TryComplete();
        foreach (var replies in _replies.Values)
            replies.Writer.TryComplete();
        foreach (var subscription in _subscriptions.Values)
            subscription.Events.Writer.TryComplete();
        return close;
    }

    private void Receive(PikkuTestMessage message)
    {
        _transcript.Received($"{message}");
        if (!message.TryReadJson(out var json, out _) || json.ValueKind != JsonValueKind.Object || !TryRoute(message, json))
            _inbox.Writer.TryWrite(message);
    }

    // The messages that belong to a call, a subscription or an exposed function. Events count only while a test is subscribed, so that they can also be expected as messages.
    private bool TryRoute(PikkuTestMessage message, JsonElement json)
    {
        if (json.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.Number && id.TryGetInt64(out var number) && _replies.TryGetValue(number, out var replies))
            return replies.Writer.TryWrite(message);
        if (json.TryGetProperty("topic", out var topic) && topic.ValueKind == JsonValueKind.String && _subscriptions.TryGetValue(topic.GetString()!, out var subscription))
            return subscription.Add(message, json);
        if (!json.TryGetProperty("action", out var action) || action.ValueKind != JsonValueKind.String)
            return false;
        switch (action.GetString())
        {
            case "pikku-unsubscribed" when _subscriptions.TryRemove(json.GetProperty("subscribed").GetString()!, out var ended):
                ended.End(ErrorOf(json.GetProperty("error")));
                return true;
            case "pikku-rpc-request" when _exposed.TryGetValue(json.GetProperty("funcName").GetString()!, out var handler):
                _ = AnswerAsync(json, handler);
                return true;
            default:
                return false;
        }
    }

    private async Task AnswerAsync(JsonElement request, Func<JsonElement?, Task<JsonNode?>> handler)
    {
        var answer = new JsonObject { ["action"] = "pikku-rpc-response", ["id"] = request.GetProperty("id").GetString() };
        try
        {
            answer["result"] = await handler(request.TryGetProperty("data", out var data) ? data : null);
            answer["ok"] = true;
        }
        catch (Exception e)
        {
            answer["ok"] = false;
            answer["error"] = new JsonObject { ["name"] = e.GetType().Name, ["message"] = e.Message };
        }

        try
        {
            await SendTextAsync(answer.ToJsonString(_json));
        }
        catch (Exception e) when (e is WebSocketException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            _transcript.Note($"the answer could not be sent: {e.Message}");
        }
    }
}
