namespace Pikku.Akka.Clients;

/// <summary>The actions of a routing key.</summary>
public abstract class PikkuActions
{
    /// <summary>Only generated code derives from this class.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="direct">The session that sends all messages at once; null to send them when the connection is open.</param>
    protected PikkuActions(PikkuConnection connection, PikkuSession? direct)
    {
        PikkuConnection = connection;
        PikkuDirect = direct;
    }

    private protected PikkuConnection PikkuConnection { get; }

    private protected PikkuSession? PikkuDirect { get; }

    /// <summary>Calls an action that has a result.</summary>
    protected async Task<TOut> PikkuCallAsync<TIn, TOut>(string key, string action, TIn input, TimeSpan? timeout, CancellationToken cancellationToken) =>
        PikkuConnection.Json.Read<TOut>(await PikkuSendAsync(key, action, input, timeout, cancellationToken).ConfigureAwait(false));

    /// <summary>Calls an action whose result may be null.</summary>
    protected async Task<TOut?> PikkuCallOrNullAsync<TIn, TOut>(
        string key, string action, TIn input, TimeSpan? timeout, CancellationToken cancellationToken) =>
        PikkuConnection.Json.ReadOrNull<TOut>(await PikkuSendAsync(key, action, input, timeout, cancellationToken).ConfigureAwait(false));

    /// <summary>Calls an action and returns the JSON of its result, which is undefined if it has none.</summary>
    protected Task<JsonElement> PikkuSendAsync<TIn>(string key, string action, TIn input, TimeSpan? timeout, CancellationToken cancellationToken) =>
        PikkuConnection.Caller.CallAsync(id => Compose(key, action, id, PikkuConnection.Json.Element(input)), timeout, PikkuDirect, cancellationToken);

    /// <summary>Calls an action that returns a stream, when its first item is asked for.</summary>
    protected IAsyncEnumerable<TItem> PikkuStream<TIn, TItem>(string key, string action, TIn input, TimeSpan? timeout, CancellationToken cancellationToken) =>
        PikkuConnection.Caller.Stream(
            id => Compose(key, action, id, PikkuConnection.Json.Element(input)), item => PikkuConnection.Json.ReadOrNull<TItem>(item.Data)!, timeout, PikkuDirect, cancellationToken);

    private PikkuOutgoing Compose(string key, string action, string id, JsonElement data)
    {
        var message = PikkuConnection.Json.Write(json =>
        {
            json.WriteString(key, action);
            json.WriteString("id", id);
            if (PikkuConnection.SendsTraceContext)
                WriteTraceContext(json, System.Diagnostics.Activity.Current);
            if (data.ValueKind == JsonValueKind.Undefined)
                return;
            json.WritePropertyName("data");
            data.WriteTo(json);
        });
        return new PikkuOutgoing(action, $"\"{id}\"", message, WebSocketMessageType.Text);
    }

    private static void WriteTraceContext(Utf8JsonWriter json, System.Diagnostics.Activity? span)
    {
        if (span is not { IdFormat: System.Diagnostics.ActivityIdFormat.W3C, Id: { } id })
            return;
        json.WriteString("traceparent", id);
        if (span.TraceStateString is { Length: > 0 } state)
            json.WriteString("tracestate", state);
    }
}
