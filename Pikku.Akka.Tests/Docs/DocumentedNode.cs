using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Pikku.Akka.Tests.Conformance;

namespace Pikku.Akka.Tests.Docs;

/// <summary>A node on a free port, and clients for it.</summary>
internal sealed class DocumentedNode : IAsyncDisposable
{
    private readonly WebApplication _app;

    private DocumentedNode(WebApplication app) => _app = app;

    public static async Task<DocumentedNode> StartAsync(Action<PikkuBuilder> configure)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddPikku(configure);
        var app = builder.Build();
        app.MapPikku();
        await app.StartAsync();
        return new DocumentedNode(app);
    }

    public static async Task<DocumentedNode> StartAsync(WebApplication app)
    {
        app.Urls.Add("http://127.0.0.1:0");
        await app.StartAsync();
        return new DocumentedNode(app);
    }

    public Uri Http(string path) => new(new Uri(_app.Urls.Single()), path);

    public Uri Socket(string path) => new UriBuilder(Http(path)) { Scheme = Uri.UriSchemeWs }.Uri;

    public Task<ScenarioClient> ConnectAsync(string path, params (string Name, string Value)[] headers) =>
        ScenarioClient.OpenAsync(Socket(path), headers.ToDictionary(h => h.Name, h => h.Value), null);

    public Task<int> UpgradeAsync(string path, params (string Name, string Value)[] headers) =>
        UpgradeRequest.SendAsync(Http(path), headers.ToDictionary(h => h.Name, h => h.Value));

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
