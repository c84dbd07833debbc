namespace Pikku.Clients;

/// <summary>A client for the channels of a server. Each route has its own connection, which is opened on first use. Thread-safe.</summary>
public sealed partial class PikkuWebSocket : IAsyncDisposable
{
    internal const string Subprotocol = "pikku.v1";

    private readonly Uri _server;
    private readonly PikkuOptions _options;
    private readonly Dictionary<string, PikkuRoute> _routes = new(StringComparer.Ordinal);
    private bool _isDisposed;

    /// <param name="baseAddress">The address of the server, such as <c>wss://example.com/prefix</c>; the schemes http and https are
    /// accepted as well.</param>
    /// <param name="options">The options of the client.</param>
    /// <exception cref="NotSupportedException">A trimmer has removed the members of the client's types.</exception>
    public PikkuWebSocket(Uri baseAddress, PikkuOptions? options = null)
    {
        PikkuJson.RequireReflection();
        _server = baseAddress;
        _options = options ?? new PikkuOptions();
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
    }

    /// <summary>Returns the route to a channel; the same address always returns the same route.</summary>
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
