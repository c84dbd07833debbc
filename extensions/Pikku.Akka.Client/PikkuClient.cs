namespace Pikku.Akka.Clients;

/// <summary>The base class of generated clients: the connections to the channels of a server. Each route has its own connection, which is opened on first
/// use. Thread-safe.</summary>
public abstract class PikkuClient : IAsyncDisposable
{
    internal const string Subprotocol = "pikku.v1";

    private readonly Uri _server;
    private readonly PikkuOptions _options;
    private readonly PikkuJson _json;
    private readonly Dictionary<string, PikkuRoute> _routes = new(StringComparer.Ordinal);
    private bool _isDisposed;

    /// <param name="baseAddress">The address of the server, such as <c>wss://example.com/prefix</c>; the schemes http and https are
    /// accepted as well.</param>
    /// <param name="options">The options of the client.</param>
    /// <param name="json">Converts the types of the client.</param>
    protected PikkuClient(Uri baseAddress, PikkuOptions? options, PikkuJson json)
    {
        _server = baseAddress;
        _options = options ?? new PikkuOptions();
        _json = json;
    }

    /// <summary>Closes all connections permanently.</summary>
    public async ValueTask DisposeAsync()
    {
        PikkuRoute[] routes;
        lock (_routes)
        {
            _isDisposed = true;
            routes = _routes.Values.ToArray();
        }

        await Task.WhenAll(routes.Select(route => route.CloseAsync())).ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    /// <summary>Returns the route to a channel; the same address always returns the same route.</summary>
    /// <param name="channel">The name of the channel.</param>
    /// <param name="route">The route of the channel on the server.</param>
    /// <param name="opening">The opening data; undefined if there is none.</param>
    /// <param name="keys">The routing keys of the channel.</param>
    /// <param name="create">Creates the route.</param>
    protected T PikkuRouteTo<T>(string channel, string route, JsonElement opening, string[] keys, Func<PikkuConnection, PikkuSession?, T> create)
        where T : PikkuRoute
    {
        var address = PikkuAddress.Of(_server, channel, route, opening);
        var key = $"{channel} {address}";
        lock (_routes)
        {
            if (_isDisposed)
                throw new PikkuClosedException("The client was closed.");
            if (_routes.TryGetValue(key, out var known))
                return (T)known;
            var created = create(new PikkuConnection(address, keys, _options, _json, create, _ => Forget(key)), null);
            _routes.Add(key, created);
            return created;
        }
    }

    /// <summary>Converts the opening data of a channel to JSON.</summary>
    /// <param name="opening">The opening data; undefined if there is none.</param>
    protected JsonElement PikkuOpening<T>(T opening) => _json.Element(opening);

    /// <summary>Adds path parameters to opening data.</summary>
    /// <param name="opening">The opening data; undefined if there is none.</param>
    /// <param name="parameters">The parameters.</param>
    protected static JsonElement PikkuOpening(JsonElement opening, Dictionary<string, string?> parameters) => PikkuAddress.With(opening, parameters);

    private void Forget(string key)
    {
        lock (_routes)
            _routes.Remove(key);
    }
}
