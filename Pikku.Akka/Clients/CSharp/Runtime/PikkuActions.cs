namespace Pikku.Clients;

/// <summary>The actions of a routing key.</summary>
public abstract class PikkuActions
{
    private protected PikkuActions(PikkuConnection connection, PikkuSession? direct)
    {
        Connection = connection;
        Direct = direct;
    }

    private protected PikkuConnection Connection { get; }

    private protected PikkuSession? Direct { get; }

    private protected async Task<TOut> CallAsync<TIn, TOut>(string key, string action, TIn input, TimeSpan? timeout, CancellationToken cancellationToken) =>
        PikkuJson.Read<TOut>(await SendAsync(key, action, input, timeout, cancellationToken).ConfigureAwait(false));

    private protected async Task<TOut?> CallOrNullAsync<TIn, TOut>(
        string key, string action, TIn input, TimeSpan? timeout, CancellationToken cancellationToken) =>
        PikkuJson.ReadOrNull<TOut>(await SendAsync(key, action, input, timeout, cancellationToken).ConfigureAwait(false));

    private protected Task<JsonElement> SendAsync<TIn>(string key, string action, TIn input, TimeSpan? timeout, CancellationToken cancellationToken) =>
        Connection.CallAsync(id => Compose(key, action, id, PikkuJson.Element(input)), timeout, Direct, cancellationToken);

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
