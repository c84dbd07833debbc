using System.Diagnostics;
using Pikku.Akka.Clients.CSharp;
using Pikku.Akka.Tests.Contracts;
using Pikku.Akka.Tests.Packages;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Clients.CSharp;

/// <summary>Applications with the generated client, published with native AOT and trimmed: nothing warns, and everything works without reflection.</summary>
public sealed class TrimmingSpec : IDisposable
{
    private const string Program =
        """
        using System;
        using System.Collections.Generic;
        using System.Linq;
        using System.Text.Json;
        using System.Threading.Tasks;
        using My.Client;

        try
        {
            if (JsonSerializer.IsReflectionEnabledByDefault)
                throw new InvalidOperationException("Reflection is on.");
            await using var client = new PikkuWebSocket(new Uri(args[0]), new PikkuOptions { OnError = Console.WriteLine });
            await client.TodosLive.AuthAsync(new TodosLiveChannelCredentials { Username = "demo", Password = "test" });
            var todo = await client.TodosLive.CreateAsync(new NewTodo { Title = "Buy milk", Priority = TodoPriority.High });
            Console.WriteLine($"{todo.Todo.Title} {todo.Todo.Priority}");
            await client.Rooms(new RoomInput { RoomId = "a b", Limit = 2.5, Tags = new[] { "x" } }).ConnectAsync();
            var drawing = await client.Types.DrawingAsync(new DrawingInput { Shapes = new ShapeInput[] { new ShapeInputCircle { Radius = 2 } } });
            Console.WriteLine($"{drawing.Shapes.Single()}");
            Console.WriteLine(await client.Types.AllOptionalAsync());
            var optional = await client.Types.OptionalAsync(new OptionalInput { Title = null });
            Console.WriteLine(optional.Limit);
            try
            {
                await client.Lab.NumInAsync(new NumberInput { N = double.NaN });
            }
            catch (PikkuException e)
            {
                Console.WriteLine(e.Status);
            }

            var sum = 0;
            await foreach (var number in client.Boards.CountAsync(new CountInput { To = 3 }))
                sum += number;
            Console.WriteLine(sum);
            using var viewers = client.Boards.Viewers(new BoardKey { BoardId = "7" });
            using var cursors = client.Boards.Cursors(new BoardKey { BoardId = "7" });
            using var live = client.Boards.LiveState(new NameKey { Name = "news" }, (state, e) => state with { State = $"{state.State} {e}" });
            await viewers.WaitUntilLoadedAsync();
            await cursors.WaitUntilLoadedAsync();
            await live.WaitUntilLoadedAsync();
            await foreach (var update in client.Boards.WatchViewers(new BoardKey { BoardId = "7" }))
            {
                Console.WriteLine($"{update.State!.Count} {cursors.Entries.Count} {live.Status}");
                break;
            }

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

    [SkippableFact]
    [Trait("Rule", "M2")]
    public Task A_client_in_one_file_works_in_an_application_with_native_AOT() =>
        Verify(CSharpClient.Generate(ContractOf.Conformance(), "My.Client"), Program, "<PublishAot>true</PublishAot>", "");

    [SkippableFact]
    [Trait("Rule", "M2")]
    public Task A_client_with_the_runtime_of_the_package_works_in_a_trimmed_application() => Verify(
        CSharpClient.GenerateForPackage(ContractOf.Conformance(), "My.Client"), $"using Pikku.Akka.Clients;\n{Program}", "<PublishTrimmed>true</PublishTrimmed>",
        $"""<Reference Include="{typeof(global::Pikku.Akka.Clients.PikkuClient).Assembly.Location}" />""");

    private async Task Verify(string client, string program, string property, string reference)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "Client.cs"), client);
        await File.WriteAllTextAsync(Path.Combine(_folder, "Program.cs"), program);
        await File.WriteAllTextAsync(Path.Combine(_folder, "app.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net{Environment.Version.Major}.0</TargetFramework>
                <LangVersion>12</LangVersion>
                <Nullable>enable</Nullable>
                <IsAotCompatible>true</IsAotCompatible>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <InvariantGlobalization>true</InvariantGlobalization>
                <JsonSerializerIsReflectionEnabledByDefault>false</JsonSerializerIsReflectionEnabledByDefault>
                {property}
              </PropertyGroup>
              <ItemGroup>
                {reference}
              </ItemGroup>
            </Project>
            """);
        await Sdk.RestoreOrSkipAsync(_folder, "--use-current-runtime");
        await Sdk.RunAsync(_folder, ["publish", "--use-current-runtime", "--no-restore", "-o", "out", "-p:RunAnalyzers=true"]);
        await using var app = global::Conformance.ConformanceApp.Create(["--urls", "http://127.0.0.1:0"]);
        await app.StartAsync();

        using var process = Process.Start(new ProcessStartInfo(Path.Combine(_folder, "out", "app"), [app.Urls.Single()]) { RedirectStandardOutput = true })!;
        using var late = new CancellationTokenSource(Eventually.Patience);
        var output = await process.StandardOutput.ReadToEndAsync(late.Token);
        await process.WaitForExitAsync(late.Token);

        Assert.Equal(
            """
            Buy milk High
            Circle { Radius = 2 }
            9
            20
            422
            6
            1 0 Live
            """.ReplaceLineEndings("\n"),
            output.Trim().ReplaceLineEndings("\n"));
        await app.StopAsync();
    }
}
