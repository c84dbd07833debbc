namespace Pikku.Clients;

/// <summary>The channels of a server. Each route is a connection of its own, made when it is first used. For any thread.</summary>
public sealed partial class PikkuWebSocket : IAsyncDisposable
{
    internal const string Subprotocol = "pikku.v1";

    private readonly Uri _server;
    private readonly PikkuOptions _options;
    private readonly Dictionary<string, PikkuRoute> _routes = new(StringComparer.Ordinal);
    private bool _isDisposed;

    /// <param name="baseAddress">Where the server is, such as <c>wss://example.com/prefix</c>; http and https mean the same.</param>
    /// <param name="options">How the client behaves.</param>
    /// <exception cref="NotSupportedException">The types of the client were trimmed away.</exception>
    public PikkuWebSocket(Uri baseAddress, PikkuOptions? options = null)
    {
        PikkuJson.DemandReflection();
        _server = baseAddress;
        _options = options ?? new PikkuOptions();
    }

    /// <summary>Closes all connections for good.</summary>
    public async ValueTask DisposeAsync()
    {
        PikkuRoute[] routes;
        lock (_routes)
        {
            _isDisposed = true;
            routes = _routes.Values.ToArray();
        }

        await Task.WhenAll(routes.Select(route => route.CloseAsync())).ConfigureAwait(false);
    }

    /// <summary>The route to a channel, the same one for the same address.</summary>
    private T Route<T>(string channel, string route, JsonElement opening, string[] keys, Func<PikkuConnection, PikkuSession?, T> create)
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
            var created = create(new PikkuConnection(address, keys, _options, create, _ => Forget(key)), null);
            _routes.Add(key, created);
            return created;
        }
    }

    private void Forget(string key)
    {
        lock (_routes)
            _routes.Remove(key);
    }
}
