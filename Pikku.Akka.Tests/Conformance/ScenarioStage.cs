namespace Pikku.Akka.Tests.Conformance;

/// <summary>The servers of a scenario, which must behave like one, and its open clients by name.</summary>
/// <param name="servers">The servers; each request and each connection goes to the next one.</param>
internal sealed class ScenarioStage(params Uri[] servers) : IAsyncDisposable
{
    private readonly Dictionary<string, ScenarioClient> _clients = [];
    private int _turn;

    public ScenarioClient this[string client] => _clients[client];

    public Uri Http(string path) => new(servers[_turn++ % servers.Length], path);

    public async Task OpenAsync(string name, string path, IReadOnlyDictionary<string, string> headers, string? protocol)
    {
        var address = new UriBuilder(Http(path)) { Scheme = Uri.UriSchemeWs }.Uri;
        _clients[name] = await ScenarioClient.OpenAsync(address, headers, protocol);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients.Values)
            await client.DisposeAsync();
    }
}
