using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Conformance;
using Pikku.Akka.Host;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Cli;

/// <summary>Runs commands of whole applications as a shell does. The ports that the application would open are taken, so opening one
/// would fail.</summary>
[Trait("Rule", "N1")]
public sealed class CliProcessSpec
{
    [Fact]
    public async Task Lists_the_functions_of_an_application_at_any_log_level()
    {
        var run = await StartAsync(typeof(ConformanceApp), ["info", "functions", "--json", "--verbose"], ("Logging__LogLevel__Default", "Trace"));

        Assert.Equal(0, run.Code);
        var functions = run.Lines.Select(line => JsonDocument.Parse(line).RootElement).ToDictionary(line => line.GetProperty("id").GetString()!);
        Assert.Equal("samples/Conformance/Channels/TodosLiveChannel.cs", functions["completeTodo"].GetProperty("file").GetString());
        Assert.Equal("todos-live", functions["completeTodo"].GetProperty("type")[0].GetProperty("channel").GetString());
        Assert.All(functions.Values, function => Assert.StartsWith("samples/Conformance/", function.GetProperty("file").GetString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Checks_an_application()
    {
        var run = await StartAsync(typeof(ConformanceApp), ["check"]);

        Assert.StartsWith("The wiring and the settings are valid: ", run.Output, StringComparison.Ordinal);
        Assert.Equal((0, ""), (run.Code, run.Error));
    }

    [Theory]
    [InlineData(typeof(ConformanceApp))]
    [InlineData(typeof(HostApp))] // maps health checks, which request many services
    public async Task Reports_an_error_in_an_environment_variable(Type app)
    {
        var run = await StartAsync(app, ["check"], ("PIKKU__LIMITS__MESSAGE_BURST", "many"));

        Assert.Equal(1, run.Code);
        Assert.Contains("pikku.limits.message-burst = many", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_a_mistyped_command_and_starts_nothing()
    {
        var run = await StartAsync(typeof(ConformanceApp), ["chekc"]);

        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.StartsWith("'chekc' is not a command. Did you mean 'check'?", run.Error, StringComparison.Ordinal);
    }

    private static async Task<Run> StartAsync(Type app, string[] command, params (string Name, string Value)[] variables)
    {
        using var page = Occupy();
        using var cluster = Occupy();
        var start = new ProcessStartInfo("dotnet", [app.Assembly.Location, .. command])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
        };
        (string Name, string Value)[] taken =
        [
            ("ASPNETCORE_URLS", $"http://{page.LocalEndpoint}"), ("PIKKU_CLUSTER_HOST", "127.0.0.1"),
            ("PIKKU_CLUSTER_PORT", $"{((IPEndPoint)cluster.LocalEndpoint).Port}"), ("PIKKU_CLUSTER_SEEDS", $"{cluster.LocalEndpoint}"),
        ];
        foreach (var (name, value) in taken.Concat(variables))
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync().WaitAsync(Eventually.Patience);
            Assert.False(page.Pending() || cluster.Pending());
            return new Run(process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    private static TcpListener Occupy()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }
}
