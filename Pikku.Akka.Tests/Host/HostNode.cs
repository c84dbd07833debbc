using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Pikku.Akka.Host;

namespace Pikku.Akka.Tests.Host;

/// <summary>A running Host, on a free port unless one is given.</summary>
internal sealed class HostNode : IAsyncDisposable
{
    private readonly WebApplication _app;

    private HostNode(WebApplication app)
    {
        _app = app;
        Address = new Uri(app.Urls.Single());
        Client = new HttpClient { BaseAddress = Address };
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<HostNode> Start(int port = 0, string environment = "Development", params string[] args)
    {
        var app = HostApp.Create(["--urls", $"http://127.0.0.1:{port}", "--environment", environment, .. args]);
        await app.StartAsync();
        return new HostNode(app);
    }

    public async Task<string> TokenOf(string user)
    {
        using var response = await Client.PostAsJsonAsync("/demo/token", new { user });
        response.EnsureSuccessStatusCode();
        return (string)(await response.Content.ReadFromJsonAsync<JsonNode>())!["token"]!;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
