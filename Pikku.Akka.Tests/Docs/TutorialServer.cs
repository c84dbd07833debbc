using Pikku.Akka.Tests.Conformance;
using Pikku.Akka.Tests.Packages;

namespace Pikku.Akka.Tests.Docs;

/// <summary>A running server of the tutorial, and clients for it.</summary>
internal sealed class TutorialServer(ServerProcess process) : IAsyncDisposable
{
    private static readonly HttpClient s_http = new();

    public Uri Address => process.Page;

    /// <summary>Connects to board 1, as a user of chapter 3 if there is a name.</summary>
    public async Task<ScenarioClient> ConnectAsync(string? user, string? protocol = "pikku.v1")
    {
        var headers = new Dictionary<string, string>();
        if (user is not null)
            headers["Authorization"] = $"Bearer {await SignInAsync(user)}";
        return await ScenarioClient.OpenAsync(new UriBuilder(new Uri(Address, "/boards/1")) { Scheme = Uri.UriSchemeWs }.Uri, headers, protocol);
    }

    /// <summary>The status with which the server answers the upgrade of a user.</summary>
    public async Task<int> UpgradeAsync(string user) =>
        await UpgradeRequest.SendAsync(new Uri(Address, "/boards/1"), new Dictionary<string, string> { ["Authorization"] = $"Bearer {await SignInAsync(user)}" });

    /// <summary>Stops the server as Ctrl+C does.</summary>
    public Task StopAsync() => process.StopAsync("INT");

    public ValueTask DisposeAsync() => process.DisposeAsync();

    private async Task<string> SignInAsync(string user)
    {
        using var response = await s_http.PostAsync(new Uri(Address, $"/login?user={user}"), null);
        return await response.Content.ReadAsStringAsync();
    }
}
