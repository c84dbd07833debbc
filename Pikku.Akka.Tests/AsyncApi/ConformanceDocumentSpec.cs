using Akka.Actor;
using Conformance;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.AsyncApi;
using Pikku.Akka.Endpoints;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.AsyncApi;

/// <summary>The document of the sample that covers every rule changes only with a new approval. <c>node/check.mjs</c> reads it with
/// AsyncAPI's own parser.</summary>
public sealed class ConformanceDocumentSpec
{
    [Fact]
    public async Task Matches_the_approved_document() => Snapshot.Is(await ReadAsync(), "AsyncApi", "Conformance.approved.json");

    [Fact]
    public async Task Two_applications_with_the_same_wiring_write_the_same_document() => Assert.Equal(await ReadAsync(), await ReadAsync());

    [Fact]
    public async Task Reading_a_contract_starts_no_actor_system()
    {
        var services = new ServiceCollection();
        services.AddPikku(app => app.WireChannel("c", c => c.MapAction("a", () => 1)));
        services.AddSingleton<ActorSystem>(_ => throw new InvalidOperationException("The actor system was requested."));
        await using var provider = services.BuildServiceProvider();
        Assert.Equal("c", Assert.Single(ContractSource.Of(provider).Contract.Channels).Name);
    }

    private static async Task<string> ReadAsync()
    {
        await using var app = ConformanceApp.Create(["--urls", "http://127.0.0.1:0"]);
        return ContractSource.Of(app.Services).AsyncApi(new AsyncApiInfo("Conformance", "1.0.0"));
    }
}
