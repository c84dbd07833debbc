using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Pikku.Akka.Cli;
using Pikku.Akka.Clients.CSharp;
using Pikku.Akka.Clients.TypeScript;
using Pikku.Akka.Endpoints;
using Pikku.Akka.Hosting;
using Pikku.Akka.Tests.Cli;
using Pikku.Akka.Tests.Clients.CSharp;
using Xunit;

namespace Pikku.Akka.Tests.Hosting;

/// <summary>Channels that are mapped in a group have its prefix, wherever their address is told.</summary>
public sealed class MappingSpec
{
    public sealed record Room(string RoomId, int? Limit);

    [Theory]
    [InlineData("", "/todos", "/rooms/{roomId}")]
    [InlineData("/", "/todos", "/rooms/{roomId}")]
    [InlineData("/api", "/api/todos", "/api/rooms/{roomId}")]
    [InlineData("api/v1/", "/api/v1/todos", "/api/v1/rooms/{roomId}")]
    [InlineData("/{tenant}", "/{tenant}/todos", "/{tenant}/rooms/{roomId}")]
    [Trait("Rule", "M1")]
    public async Task Contracts_have_the_prefix_before_the_start_and_after_it(string prefix, string todos, string rooms)
    {
        await using var app = App();
        app.MapGroup(prefix).MapPikku();
        app.Services.GetRequiredService<ChannelAddresses>().Add(app); // as RunPikkuAsync does

        var typescript = (await Run.Of(app.Services, "client typescript")).Output;
        var csharp = (await Run.Of(app.Services, "client csharp")).Output;
        var document = (await Run.Of(app.Services, "asyncapi")).Output;
        var info = (await Run.Of(app.Services, "info channels --json")).Output;
        foreach (var row in new[] { (Name: "todos", Address: todos), (Name: "rooms", Address: rooms) })
        {
            Assert.Contains($"path: '{row.Address}'", typescript, StringComparison.Ordinal);
            Assert.Contains($"\"{row.Name}\", \"{row.Address}\"", csharp, StringComparison.Ordinal);
            Assert.Contains($"\"address\": \"{row.Address}\"", document, StringComparison.Ordinal);
            Assert.Contains($"\"route\":\"{row.Address}\"", info, StringComparison.Ordinal);
        }

        await app.StartAsync();
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri(app.Urls.Single().Replace("http", "ws", StringComparison.Ordinal) + todos.Replace("{tenant}", "acme", StringComparison.Ordinal)), default);
        Assert.Equal(WebSocketState.Open, socket.State);
        await app.StopAsync();
    }

    [Fact]
    public async Task The_document_of_a_running_application_has_the_prefix_of_nested_groups()
    {
        await using var app = App();
        app.UsePathBase("/base");
        app.MapGroup("/api").MapGroup("/v1").MapPikku();
        app.MapPikkuAsyncApi();
        await app.StartAsync();
        using var http = new HttpClient();

        var document = await http.GetStringAsync(app.Urls.Single() + "/base/asyncapi.json");

        Assert.Contains("\"address\": \"/api/v1/todos\"", document, StringComparison.Ordinal);
        Assert.Contains("\"pathname\": \"/base\"", document, StringComparison.Ordinal);
        await app.StopAsync();
    }

    [Fact]
    [Trait("Rule", "M1")]
    public async Task Parameters_of_the_prefix_are_opening_data_of_the_clients()
    {
        await using var app = App();
        app.MapGroup("/{tenant}/{page?}").MapPikku();
        app.Services.GetRequiredService<ChannelAddresses>().Add(app);
        var contract = ContractSource.Of(app.Services).Contract;

        var typescript = TypeScriptClient.Generate(contract);
        var csharp = CSharpClient.Generate(contract, "My.Client");

        Assert.Contains("opening: { tenant: string; page?: string };", typescript, StringComparison.Ordinal);
        Assert.Contains("opening: Room & { tenant: string; page?: string };", typescript, StringComparison.Ordinal);
        Assert.Contains("TodosRoute Todos(string tenant, string? page) =>", csharp, StringComparison.Ordinal);
        Assert.Contains("RoomsRoute Rooms(string tenant, string? page, Room opening) =>", csharp, StringComparison.Ordinal);
        Assert.Empty(GeneratedAssembly.Compile(csharp).GetDiagnostics().Where(problem => problem.Severity >= Microsoft.CodeAnalysis.DiagnosticSeverity.Warning));
    }

    [Fact]
    [Trait("Rule", "A6")]
    public async Task A_channel_with_two_addresses_stops_the_start_and_is_told_by_check()
    {
        await using var app = App();
        app.MapGroup("/v1").MapPikku();
        app.MapGroup("/v2").MapPikku();
        app.Services.GetRequiredService<ChannelAddresses>().Add(app);

        var check = await Run.Of(app.Services, CheckCommand.Name);
        var e = await Assert.ThrowsAsync<PikkuWiringException>(() => app.StartAsync());

        Assert.Equal(1, check.Code);
        foreach (var text in new[] { check.Output, e.Message })
        {
            Assert.Contains("channel 'todos': is mapped at /v1/todos and at /v2/todos", text, StringComparison.Ordinal);
            Assert.Contains("Call MapPikku once", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_same_address_for_two_hosts_is_one()
    {
        await using var app = App();
        app.MapGroup("/api").RequireHost("a.example").MapPikku();
        app.MapGroup("/api/").RequireHost("b.example").MapPikku();

        await app.StartAsync();

        Assert.Equal("/api/todos", ContractSource.Of(app.Services).Contract.Channels[0].Route);
        await app.StopAsync();
    }

    private static WebApplication App()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddPikku(pikku => pikku
            .WireChannel("todos", channel => channel.AllowAnonymous().MapAction("echo", ([FromData] string text) => text))
            .WireChannel("rooms", channel => channel.AllowAnonymous().Route<Room>("/rooms/{roomId}").OnMessage((string text) => text)));
        return builder.Build();
    }
}
