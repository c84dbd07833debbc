using Akka.Actor;
using Conformance;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.AsyncApi;
using Pikku.Akka.Endpoints;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.AsyncApi;

/// <summary>The document of the application that shows every rule changes only when somebody says so; <c>node/check.mjs</c> reads it with AsyncAPI's own parser.</summary>
public sealed class ConformanceDocumentSpec
{
    [Fact]
    public async Task Is_what_was_approved() => Snapshot.Is(await ReadAsync(), "AsyncApi", "Conformance.approved.json");

    [Fact]
    public async Task Two_applications_of_one_wiring_write_the_same() => Assert.Equal(await ReadAsync(), await ReadAsync());

    [Fact]
    public async Task Nothing_is_started_to_read_a_contract()
    {
        var services = new ServiceCollection();
        services.AddPikku(app => app.WireChannel("c", c => c.OnMessage("action", on => on.On("a", () => 1))));
        services.AddSingleton<ActorSystem>(_ => throw new InvalidOperationException("Somebody wants actors."));
        await using var provider = services.BuildServiceProvider();
        Assert.Equal("c", Assert.Single(ContractSource.Of(provider).Contract.Channels).Name);
    }

    private static async Task<string> ReadAsync()
    {
        await using var app = ConformanceApp.Create(["--urls", "http://127.0.0.1:0"]);
        return ContractSource.Of(app.Services).AsyncApi(new AsyncApiInfo("Conformance", "1.0.0"));
    }
}
