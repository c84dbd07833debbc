using Microsoft.AspNetCore.Http;
using Pikku.Akka.Tests.EventStreams;
using Xunit;

namespace Pikku.Akka.Tests.Conformance;

/// <summary>The servers of a scenario, which must behave like one, and its open clients by name.</summary>
/// <param name="servers">The servers; each request and each connection goes to the next one.</param>
internal sealed class ScenarioStage(params Uri[] servers) : IAsyncDisposable
{
    private readonly Dictionary<string, ScenarioPeer> _clients = [];
    private readonly Dictionary<string, string> _saved = [];
    private int _turn;

    /// <summary>What the steps have saved, by name.</summary>
    public IReadOnlyDictionary<string, string> Saved => _saved;

    public void Save(string name, string value) => _saved[name] = value;

    public ScenarioPeer this[string client] => _clients[client];

    public ScenarioClient Socket(string client) => (ScenarioClient)_clients[client];

    public Uri Http(string path) => new(servers[_turn++ % servers.Length], path);

    public async Task OpenAsync(string name, string path, IReadOnlyDictionary<string, string> headers, string? protocol)
    {
        var address = new UriBuilder(Http(path)) { Scheme = Uri.UriSchemeWs }.Uri;
        _clients[name] = await ScenarioClient.OpenAsync(address, headers, protocol);
    }

    /// <summary>Opens an event stream, or verifies that it is refused with a status.</summary>
    /// <param name="name">The name of the stream.</param>
    /// <param name="path">The path.</param>
    /// <param name="headers">Additional headers.</param>
    /// <param name="status">The expected status.</param>
    /// <param name="resumed">The name of the stream that this one continues; null for none.</param>
    public async Task StreamAsync(string name, string path, IReadOnlyDictionary<string, string> headers, int status, string? resumed)
    {
        (string, string)[] all = [.. headers.Select(header => (header.Key, header.Value))];
        if (resumed is not null)
            all = [.. all, ("Last-Event-ID", ((ScenarioStream)_clients[resumed]).LastId ?? "")];
        if (status == StatusCodes.Status200OK)
        {
            _clients[name] = new ScenarioStream(await EventStreamClient.OpenAsync(Http(path), null, all));
            return;
        }

        (string, string)[] accept = headers.ContainsKey("Accept") ? all : [("Accept", "text/event-stream"), .. all];
        using var response = await EventStreamClient.SendAsync(Http(path), HttpMethod.Get, null, accept);
        Assert.Equal(status, (int)response.StatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients.Values)
            await client.DisposeAsync();
    }
}
