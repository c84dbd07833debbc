using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Net.Http.Headers;
using Pikku.Akka.Host;

namespace Pikku.Akka.Tests.Host;

/// <summary>A running Host, on a free port unless one is given.</summary>
internal sealed class HostNode : IAsyncDisposable
{
    private readonly WebApplication _app;

    private readonly ConcurrentQueue<string> _requests;

    private readonly DataFolder _data;

    private HostNode(WebApplication app, ConcurrentQueue<string> requests, DataFolder data)
    {
        _app = app;
        _requests = requests;
        _data = data;
        Address = new Uri(app.Urls.First());
        Client = new HttpClient { BaseAddress = Address };
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    /// <summary>The requests for channels, sorted, such as <c>GET /chat</c>; the method of a WebSocket upgrade is written as <c>UPGRADE</c>.</summary>
    public string[] ChannelRequests => [.. _requests.Order(StringComparer.Ordinal)];

    public IServiceProvider Services => _app.Services;

    /// <summary>Starts a Host that also shows its metrics at an address.</summary>
    public static Task<HostNode> Start(string metrics) => Start(args: [$"--Metrics:Url={metrics}"]);

    public static async Task<HostNode> Start(int port = 0, string environment = "Development", params string[] args)
    {
        var data = new DataFolder();
        var app = HostApp.Create(
        [
            "--urls", $"http://127.0.0.1:{port}", "--environment", environment,
            // Open pages watch a stream without an end. With the defaults, the node waits 7.5 s for it, and the pages reconnect within 5 s.
            "--pikku:shutdown:drain-timeout=500ms", "--pikku:shutdown:reconnect-spread=100ms",
            data.Argument, .. args,
        ]);
        var requests = new ConcurrentQueue<string>();
        // Runs last, after the files of the page.
        app.Use((context, next) =>
        {
            if (context.Request.Path.Value is "/" or "/chat")
                requests.Enqueue($"{(context.Request.Headers.ContainsKey(HeaderNames.Upgrade) ? "UPGRADE" : context.Request.Method)} {context.Request.Path}");
            return next(context);
        });
        await app.StartAsync();
        return new HostNode(app, requests, data);
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
        _data.Dispose();
    }
}
