using Pikku.Akka.Cli;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Inspection;

/// <summary>The commands that ask a running node.</summary>
public sealed class InspectionCommandSpec : IAsyncLifetime
{
    private Lab _lab = null!;

    private string Url => _lab.Http("/api/pikku").ToString();

    public async Task InitializeAsync() => _lab = await InspectionLab.StartAsync(channel => channel
        .MapAction("do", (Owned data, InspectionLab.User user) => data.Owner == user.UserId).RequireScope("rooms")
        .RequirePermission(PikkuPermission.Of("isOwner", (Owned data, InspectionLab.User user) => data.Owner == user.UserId))
        .RequirePermission(PikkuPermission.Of("aPermissionWithAVeryLongNameThatHasToBeWrappedBecauseItDoesNotFit", () => true)));

    public async Task DisposeAsync() => await _lab.DisposeAsync();

    [Theory]
    [InlineData("ann", """{"owner":"ann"}""", 1, "denied: MissingScopeError")]
    [InlineData("bob.rooms", """{"owner":"bob"}""", 0, "allowed")]
    [InlineData("bob.rooms", null, 2, "not known")]
    public async Task Explain_prints_the_gates_in_80_columns_and_its_exit_code_is_the_verdict(string name, string? data, int expected, string first)
    {
        using var client = await InspectionLab.ConnectAsync(_lab, name);
        string[] args = ["explain", "--user", InspectionLab.Of(name).UserId, "--channel", "lab", "--action", "do", .. data is null ? Array.Empty<string>() : ["--data", data]];
        var (code, output, error) = await RunAsync([.. args, "--url", Url, "--token", InspectionLab.Operator]);
        Assert.Equal("", error);
        Assert.Equal(expected, code);
        Assert.StartsWith(first, output, StringComparison.Ordinal);
        Assert.Contains("isOwner", output, StringComparison.Ordinal);
        Assert.All(output.Split('\n'), line => Assert.True(line.Length <= 80 || line.Contains("aPermission", StringComparison.Ordinal), line));

        var (_, json, _) = await RunAsync([.. args, "--json", "--url", Url, "--token", InspectionLab.Operator]);
        Assert.StartsWith("""{"verdict":""", json, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ann", "policy")]
    [InlineData(null, "PIKKU_TOKEN")]
    public async Task Without_the_token_of_an_operator_a_command_fails_and_says_why(string? token, string part)
    {
        var (code, output, error) = await RunAsync(
            ["explain", "--user", "ann", "--channel", "lab", "--action", "do", "--url", Url, .. token is null ? Array.Empty<string>() : ["--token", token]]);
        Assert.Equal((2, ""), (code, output));
        Assert.Contains(part, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not an address", "not an address")]
    [InlineData("ftp://host/api", "not an address")]
    [InlineData("http://127.0.0.1:1/api/pikku", "can't be reached")]
    public async Task An_address_that_does_not_answer_is_named_and_the_token_is_not(string url, string part)
    {
        var (code, _, error) = await RunAsync(["trace", "--user", "ann", "--url", url, "--token", "verysecret"]);
        Assert.Equal(2, code);
        Assert.Contains(part, error, StringComparison.Ordinal);
        Assert.DoesNotContain("verysecret", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trace_prints_a_line_for_each_message()
    {
        using var client = await InspectionLab.ConnectAsync(_lab, "ann");
        var tracing = RunAsync(["trace", "--user", "ann", "--seconds", "2", "--url", Url, "--token", InspectionLab.Operator]);
        await Eventually.Holds(() => _lab.Directory.All.Single().Outbox.Watch is not null, "the user is traced");
        await client.Ask("""{"action":"echo","id":1,"data":{"text":"private"}}""");
        await client.Ask("""{"action":"do","id":2}""");
        var (code, output, error) = await tracing.WaitAsync(Eventually.Patience);
        Assert.Equal((0, ""), (code, error));
        Assert.Matches(@"(?m)^\d\d:\d\d:\d\d\.\d{3} in  \S{4} echo +50B +[\d.]+ms ok\r?$", output);
        Assert.Contains("MissingScopeError", output, StringComparison.Ordinal);
        Assert.DoesNotContain("private", output, StringComparison.Ordinal);
        Assert.All(output.Split('\n'), line => Assert.True(line.Length <= 80, line));
    }

    [Fact]
    public async Task Record_writes_a_file_that_the_test_kit_reads()
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.json");
        try
        {
            var recording = RunAsync(["record", "--user", "ann", "--out", path, "--url", Url, "--token", InspectionLab.Operator]);
            await Eventually.Holds(() => _lab.Directory.UserMoved is not null, "the recording waits for the user");
            using (var client = await InspectionLab.ConnectAsync(_lab, "ann"))
            {
                await client.Ask("""{"action":"echo","id":1,"data":{"text":"hello"}}""");
                await client.Close();
            }

            var (code, output, error) = await recording.WaitAsync(Eventually.Patience);
            Assert.Equal(0, code);
            Assert.Contains("Waiting", error, StringComparison.Ordinal);
            Assert.Contains("the connection has ended", output, StringComparison.Ordinal);
            Assert.Equal(["open", "send", "expect", "send", "expect", "close"], PikkuScenario.Load(path).Steps.Select(step => step.EnumerateObject().First().Name));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CommandLine.RunAsync(_lab.Services, args, new Terminal(output, error));
        return (code, output.ToString(), error.ToString());
    }

    public sealed record Owned(string Owner);
}
