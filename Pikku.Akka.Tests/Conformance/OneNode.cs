using Conformance;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace Pikku.Akka.Tests.Conformance;

/// <summary>The application on a node without a cluster, started once for the tests of a class: its start takes longer than most of them.</summary>
public sealed class OneNode : IAsyncLifetime
{
    private readonly WebApplication _app = ConformanceApp.Create(["--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", "None"]);

    internal Uri Address => new(_app.Urls.Single());

    public Task InitializeAsync() => _app.StartAsync();

    public async Task DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
