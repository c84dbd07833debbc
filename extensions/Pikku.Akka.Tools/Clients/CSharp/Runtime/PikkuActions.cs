namespace Pikku.Clients;

/// <summary>The actions of a routing key.</summary>
public abstract class PikkuActions
{
    private protected PikkuActions(PikkuConnection connection, PikkuSession? direct)
    {
        PikkuConnection = connection;
        PikkuDirect = direct;
    }

    private protected PikkuConnection PikkuConnection { get; }

    private protected PikkuSession? PikkuDirect { get; }

    private protected async Task<TOut> PikkuCallAsync<TIn, TOut>(string key, string action, TIn input, TimeSpan? timeout, CancellationToken cancellationToken) =>
        PikkuJson.Read<TOut>(await PikkuSendAsync(key, action, input, timeout, cancellationToken).ConfigureAwait(false));

    private protected async Task<TOut?> PikkuCallOrNullAsync<TIn, TOut>(
        string key, string action, TIn input, TimeSpan? timeout, CancellationToken cancellationToken) =>
        PikkuJson.ReadOrNull<TOut>(await PikkuSendAsync(key, action, input, timeout, cancellationToken).ConfigureAwait(false));

    private protected Task<JsonElement> PikkuSendAsync<TIn>(string key, string action, TIn input, TimeSpan? timeout, CancellationToken cancellationToken) =>
        PikkuConnection.Caller.CallAsync(id => Compose(key, action, id, PikkuJson.Element(input)), timeout, PikkuDirect, cancellationToken);

    private protected IAsyncEnumerable<TItem> PikkuStream<TIn, TItem>(string key, string action, TIn input, TimeSpan? timeout, CancellationToken cancellationToken) =>
        PikkuConnection.Caller.Stream<TItem>(id => Compose(key, action, id, PikkuJson.Element(input)), timeout, PikkuDirect, cancellationToken);

    private static PikkuOutgoing Compose(string key, string action, string id, JsonElement data)
    {
        var message = PikkuJson.Write(json =>
        {
            json.WriteString(key, action);
            json.WriteString("id", id);
            if (data.ValueKind == JsonValueKind.Undefined)
                return;
            json.WritePropertyName("data");
            data.WriteTo(json);
        });
        return new PikkuOutgoing(action, $"\"{id}\"", message, WebSocketMessageType.Text);
    }
}
