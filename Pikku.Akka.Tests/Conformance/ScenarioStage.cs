namespace Pikku.Akka.Tests.Conformance;

/// <summary>The server of a scenario and the clients that it has opened, by name.</summary>
internal sealed class ScenarioStage(Uri server) : IAsyncDisposable
{
    private readonly Dictionary<string, ScenarioClient> _clients = [];

    public ScenarioClient this[string client] => _clients[client];

    public Uri Http(string path) => new(server, path);

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
