using System.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Pikku.Akka.Clients.CSharp;
using Pikku.Akka.Tests.Contracts;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Clients.CSharp;

/// <summary>An application with the generated client and unusual runtime switches.</summary>
public sealed class ReflectionOffSpec : IDisposable
{
    private const string Program =
        """
        using System;
        using System.Linq;
        using System.Text.Json;
        using My.Client;

        try
        {
            if (JsonSerializer.IsReflectionEnabledByDefault)
                throw new InvalidOperationException("The switch is not off.");
            await using var client = new PikkuWebSocket(new Uri(args[0]));
            await client.TodosLive.AuthAsync(new TodosLiveChannelCredentials { Username = "demo", Password = "test" });
            var reply = await client.TodosLive.CreateAsync(new NewTodo { Title = "Buy milk", Priority = TodoPriority.High });
            await client.Rooms(new RoomInput { RoomId = "a b", Limit = 2.5, Tags = new[] { "x" } }).ConnectAsync();
            Console.WriteLine($"{reply.Todo.Title} {reply.Todo.Priority} {(await client.Lab.ArrAsync()).Count}");
            return 0;
        }
        catch (Exception e)
        {
            Console.WriteLine(e);
            return 1;
        }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("pikku-client-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    [Trait("Rule", "M2")]
    public async Task The_client_works_if_reflection_for_JSON_is_off()
    {
        await using var app = global::Conformance.ConformanceApp.Create(["--urls", "http://127.0.0.1:0"]);
        await app.StartAsync();
        await Build();

        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(_folder, "app.dll"), app.Urls.Single()]) { RedirectStandardOutput = true })!;
        using var late = new CancellationTokenSource(Eventually.Patience);
        var output = await process.StandardOutput.ReadToEndAsync(late.Token);
        await process.WaitForExitAsync(late.Token);

        Assert.Equal("Buy milk High 3", output.Trim());
        await app.StopAsync();
    }

    private async Task Build()
    {
        var client = GeneratedAssembly.Compile(CSharpClient.Generate(ContractOf.Conformance(), "My.Client"));
        var result = client.AddSyntaxTrees(CSharpSyntaxTree.ParseText(Program, (CSharpParseOptions)client.SyntaxTrees[0].Options))
            .WithOptions(client.Options.WithOutputKind(OutputKind.ConsoleApplication)).Emit(Path.Combine(_folder, "app.dll"));
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        await File.WriteAllTextAsync(Path.Combine(_folder, "app.runtimeconfig.json"),
            $$"""
            {
              "runtimeOptions": {
                "tfm": "net{{Environment.Version.Major}}.0",
                "framework": { "name": "Microsoft.NETCore.App", "version": "{{Environment.Version}}" },
                "configProperties": { "System.Text.Json.JsonSerializer.IsReflectionEnabledByDefault": false }
              }
            }
            """);
    }
}
