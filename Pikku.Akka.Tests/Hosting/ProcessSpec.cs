using System.Diagnostics;
using System.Text.RegularExpressions;
using Conformance;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Hosting;

/// <summary>A node as a process of its own, as an orchestrator sees it.</summary>
public sealed partial class ProcessSpec
{
    private const string Terminate = "TERM";

    [SkippableFact]
    [Trait("Rule", "I4")]
    public async Task Drains_and_exits_with_0_when_it_is_told_to_terminate()
    {
        Skip.If(OperatingSystem.IsWindows(), "There are no signals.");
        using var node = Process.Start(new ProcessStartInfo("dotnet", [typeof(ConformanceApp).Assembly.Location, "--urls", "http://127.0.0.1:0"])
        {
            RedirectStandardOutput = true,
        })!;
        try
        {
            var address = await Address(node);
            using var client = await TextClient.Connect(new Uri($"ws://{address}/lab"));
            await using var silent = await RawClient.Upgrade(new Uri($"ws://{address}").Port, "/lab");
            Assert.Contains("\"x\":1", await client.Ask("""{"action":"echo","x":1}"""), StringComparison.Ordinal);
            _ = node.StandardOutput.ReadToEndAsync(); // a full pipe would hold the node up

            using (Process.Start("kill", [$"-{Terminate}", $"{node.Id}"]))
                Assert.Equal(1001, (int?)await client.AwaitClose());

            Assert.Equal(1001, await silent.ReadCloseCode());
            await node.WaitForExitAsync().WaitAsync(Eventually.Patience);
            Assert.Equal(0, node.ExitCode);
        }
        finally
        {
            if (!node.HasExited)
                node.Kill();
        }
    }

    [Fact]
    public async Task Tells_mistakes_once_and_without_stacks_and_exits_with_1()
    {
        using var node = Process.Start(new ProcessStartInfo(
            "dotnet", [typeof(ConformanceApp).Assembly.Location, "--urls", "http://127.0.0.1:0", "--pikku:foo=1", "--pikku:function:dispatcher=no-such"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            var (output, error) = (node.StandardOutput.ReadToEndAsync(), node.StandardError.ReadToEndAsync());
            await node.WaitForExitAsync().WaitAsync(Eventually.Patience);
            var told = await output + await error;

            Assert.Equal(1, node.ExitCode);
            Assert.Single(Mistake("pikku.foo = 1 is not a setting").Matches(told));
            Assert.Single(Mistake("pikku.function.dispatcher = no-such is not a dispatcher").Matches(told));
            Assert.DoesNotContain("   at ", told, StringComparison.Ordinal);
        }
        finally
        {
            if (!node.HasExited)
                node.Kill();
        }
    }

    private static Regex Mistake(string text) => new(Regex.Escape(text));

    private static async Task<string> Address(Process node)
    {
        while (await node.StandardOutput.ReadLineAsync().WaitAsync(Eventually.Patience) is { } line)
            if (Listening().Match(line) is { Success: true } match)
                return match.Groups["address"].Value;
        throw new InvalidOperationException("The node ended before it listened.");
    }

    [GeneratedRegex("listening on: http://(?<address>[0-9.:]+)")]
    private static partial Regex Listening();
}
