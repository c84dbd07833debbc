using System.Diagnostics;
using Pikku.Akka.Tests.Conformance;

namespace Pikku.Akka.Tests.Docs;

/// <summary>A running server of the tutorial, and clients for it.</summary>
internal sealed class TutorialServer(Process process, Uri address) : IAsyncDisposable
{
    private static readonly HttpClient s_http = new();

    public Uri Address => address;

    /// <summary>Connects to board 1, as a user of chapter 3 if there is a name.</summary>
    public async Task<ScenarioClient> ConnectAsync(string? user, string? protocol = "pikku.v1")
    {
        var headers = new Dictionary<string, string>();
        if (user is not null)
            headers["Authorization"] = $"Bearer {await SignInAsync(user)}";
        return await ScenarioClient.OpenAsync(new UriBuilder(new Uri(address, "/boards/1")) { Scheme = Uri.UriSchemeWs }.Uri, headers, protocol);
    }

    /// <summary>The status with which the server answers the upgrade of a user.</summary>
    public async Task<int> UpgradeAsync(string user) =>
        await UpgradeRequest.SendAsync(new Uri(address, "/boards/1"), new Dictionary<string, string> { ["Authorization"] = $"Bearer {await SignInAsync(user)}" });

    /// <summary>Stops the server as Ctrl+C does.</summary>
    public async Task StopAsync()
    {
        using (Process.Start("kill", ["-INT", $"{process.Id}"]))
            await process.WaitForExitAsync().WaitAsync(WebSockets.Eventually.Patience);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private async Task<string> SignInAsync(string user)
    {
        using var response = await s_http.PostAsync(new Uri(address, $"/login?user={user}"), null);
        return await response.Content.ReadAsStringAsync();
    }
}
