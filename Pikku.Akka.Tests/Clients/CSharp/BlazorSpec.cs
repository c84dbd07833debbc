using Conformance;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Logging;
using Pikku.Akka.Clients.CSharp;
using Pikku.Akka.Tests.Conformance;
using Pikku.Akka.Tests.Contracts;
using Pikku.Akka.Tests.Host;
using Pikku.Akka.Tests.Packages;
using Xunit;

namespace Pikku.Akka.Tests.Clients.CSharp;

/// <summary>The generated client in a Blazor WebAssembly application, published as for production, in a browser and on another origin than the node.</summary>
public sealed class BlazorSpec(Chromium chromium) : IClassFixture<Chromium>, IDisposable
{
    private const string Program =
        """
        using System;
        using System.Linq;
        using System.Text.Json;
        using System.Threading.Tasks;
        using Microsoft.AspNetCore.Components.WebAssembly.Hosting;
        using Microsoft.Extensions.DependencyInjection;
        using Microsoft.JSInterop;
        using My.Client;

        var app = WebAssemblyHostBuilder.CreateDefault(args).Build();
        var js = app.Services.GetRequiredService<IJSRuntime>();
        Task Tell(string text) => js.InvokeVoidAsync("tell", text).AsTask();
        try
        {
            var (server, token) = (await js.InvokeAsync<string>("parameter", "server"), await js.InvokeAsync<string>("parameter", "token"));
            var client = new PikkuWebSocket(new Uri(server), new PikkuOptions
            {
                Token = (_, _) => Task.FromResult<string?>(token),
                PingInterval = TimeSpan.FromMilliseconds(20),
                OnError = e => Console.WriteLine(e),
            });
            await Tell($"user {(await client.Secure.MeAsync()).Session?.UserId}");
            var key = new NameKey { Name = "blazor" };
            using var handler = client.Boards.SubscribeToPublic(key, _ => { });
            var events = client.Boards.SubscribeToPublic(key);
            foreach (var text in new[] { "one", "two" })
                await client.Boards.PublishAsync(new BoardEvent { Topic = "public:blazor", Data = JsonDocument.Parse($"\"{text}\"").RootElement });
            await foreach (var e in events)
            {
                await Tell($"event {e}");
                if (e.GetString() == "two")
                    break;
            }

            var sum = 0;
            await foreach (var number in client.Boards.CountAsync(new CountInput { To = 3 }))
                sum += number;
            await Tell($"sum {sum}");
            await client.DisposeAsync();
            await Tell("closed");
        }
        catch (Exception e)
        {
            await Tell(e.ToString());
        }
        """;

    private const string Page =
        """
        <!doctype html>
        <script>
          window.told = [];
          window.tell = text => { told.push(text); };
          window.parameter = name => new URLSearchParams(location.search).get(name);
        </script>
        <script src="_framework/blazor.webassembly.js"></script>
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("pikku-blazor-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    [Trait("Rule", "M2")]
    public async Task The_client_works_in_Blazor_WebAssembly_and_sends_its_token_as_a_subprotocol()
    {
        await using var browser = await chromium.OpenAsync();
        await PublishAsync();
        await using var pages = CreatePages(Path.Combine(_folder, "out", "wwwroot"));
        await pages.StartAsync();
        var origin = pages.Urls.Single();
        await using var node = ConformanceApp.Create(["--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", "None", $"--pikku:upgrade:origins:0={origin}"]);
        await node.StartAsync();

        var page = await browser.NewPage();
        // The runtime writes unhandled exceptions to the console.
        await page.AddInitScriptAsync("const { error } = console; console.error = (...parts) => { window.told?.push(parts.join(' ')); error(...parts); };");
        await page.GotoAsync($"{origin}/?server={Uri.EscapeDataString(node.Urls.Single())}&token={BearerToken.FillIn("${jwt:alice}")}");
        await page.WaitForFunctionAsync("told.length >= 5 || told.some(text => text.includes('Exception') || text.includes('Error'))");

        Assert.Equal(["user alice", "event one", "event two", "sum 6", "closed"], await page.EvaluateAsync<string[]>("told"));
    }

    private async Task PublishAsync()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "wwwroot"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "wwwroot", "index.html"), Page);
        await File.WriteAllTextAsync(Path.Combine(_folder, "Client.cs"), CSharpClient.Generate(ContractOf.Conformance(), "My.Client"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "Program.cs"), Program);
        await File.WriteAllTextAsync(Path.Combine(_folder, "app.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk.BlazorWebAssembly">
              <PropertyGroup>
                <TargetFramework>net{Environment.Version.Major}.0</TargetFramework>
                <Nullable>enable</Nullable>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <EnableTrimAnalyzer>true</EnableTrimAnalyzer>
                <!-- The linker would report the framework, too; the analyzer reports the client. -->
                <SuppressTrimAnalysisWarnings>true</SuppressTrimAnalysisWarnings>
                <CompressionEnabled>false</CompressionEnabled>
                <InvariantGlobalization>true</InvariantGlobalization>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Microsoft.AspNetCore.Components.WebAssembly" Version="{Environment.Version.Major}.0.*" />
              </ItemGroup>
            </Project>
            """);
        await Sdk.RestoreOrSkipAsync(_folder);
        await Sdk.RunAsync(_folder, ["publish", "--no-restore", "-o", "out", "-p:RunAnalyzers=true"]);
    }

    private static WebApplication CreatePages(string folder)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        // WebAssembly and its data have extensions that the server does not know.
        app.UseFileServer(new FileServerOptions
        {
            FileProvider = new PhysicalFileProvider(folder),
            StaticFileOptions = { ServeUnknownFileTypes = true },
        });
        return app;
    }
}
