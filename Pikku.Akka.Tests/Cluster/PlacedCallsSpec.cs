using System.Text.Json;
using Akka.Actor;
using Microsoft.Extensions.Logging;
using Pikku.Akka.Cluster;
using Pikku.Akka.Tests.Connections;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>Calls of functions on another node. The failure of one call does not affect other calls.</summary>
public sealed class PlacedCallsSpec : IAsyncLifetime
{
    private const int Others = 6;

    private static readonly string[] Placed = ["wait", "take", "give", "become", "stuck"];

    private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Gate _stuck = new();
    private TwoNodes _nodes = null!;
    private int _waiting;

    /// <summary>Code of the application that may throw, and the expected result of the call.</summary>
    public static TheoryData<string> Places => new("opening data written", "opening data read", "session written", "session read", "result written",
        "new session written", "new session read", "cancellation");

    public async Task InitializeAsync() => _nodes = await TwoNodes.StartAsync(Wire, $$"""
        pikku.function.placement = [{{string.Join(", ", Placed.Select(name => $"\"{name}=worker\""))}}]
        pikku.session.on-clear = connection
        """);

    public async Task DisposeAsync() => await _nodes.DisposeAsync();

    [Theory, Trait("Rule", "T3"), Trait("Rule", "E3"), Trait("Rule", "E5")]
    [MemberData(nameof(Places))]
    public async Task Code_of_the_application_that_throws_fails_its_own_call_and_no_other(string place)
    {
        var others = await WaitingAsync(_go);

        if (place == "cancellation")
            await EndWhileStuckAsync();
        else
            await FailAsync(place);

        // Calls that run at that time, and calls that begin afterwards.
        _go.SetResult();
        for (var i = 0; i < Others; i++)
            Assert.Equal(Waited(i), await others[i].NextAsync());
        var fresh = await WaitingAsync(_goOn);
        _goOn.SetResult();
        for (var i = 0; i < Others; i++)
            Assert.Equal(Waited(i), await fresh[i].NextAsync());
        Assert.DoesNotContain(
            _nodes.Front.Log.Lines.Concat(_nodes.Worker.Log.Lines), line => line.Category.Contains("OneForOneStrategy", StringComparison.Ordinal));
    }

    [Fact, Trait("Rule", "T3")]
    public async Task No_answer_of_an_earlier_life_reaches_a_call_of_the_next_one()
    {
        var before = await WaitingAsync(_go);

        // Only a bug restarts it; nothing that an application does can.
        Tell(_nodes.Front, Kill.Instance);
        foreach (var connection in before)
            Assert.Contains("\"name\":\"ServiceUnavailableError\"", await connection.NextAsync(), StringComparison.Ordinal);
        var after = await WaitingAsync(_goOn);
        _go.SetResult();
        // The old answers were sent before this one.
        await _nodes.Worker.Hub.SubscribeAsync(new Topic<int>("barrier"), after[0].Channel.Id);

        _goOn.SetResult();
        for (var i = 0; i < Others; i++)
            Assert.Equal(Waited(i), await after[i].NextAsync());
    }

    [Fact, Trait("Rule", "T3")]
    public async Task Calls_that_run_on_a_node_whose_part_restarts_fail_at_once()
    {
        var before = await WaitingAsync(_go);

        Tell(_nodes.Worker, Kill.Instance);

        foreach (var connection in before)
            Assert.Contains("\"name\":\"ServiceUnavailableError\"", await connection.NextAsync(), StringComparison.Ordinal);
        _go.SetResult();
        var after = await WaitingAsync(_goOn);
        _goOn.SetResult();
        for (var i = 0; i < Others; i++)
            Assert.Equal(Waited(i), await after[i].NextAsync());
    }

    // A call that fails with an error id that the log contains.
    private async Task FailAsync(string place)
    {
        var touchy = Touchy.Of(place.EndsWith("written", StringComparison.Ordinal) ? Touchy.NotWritable : Touchy.NotReadable);
        var about = place.Split(' ')[0];
        var connection = await TwoNodes.ConnectAsync(
            _nodes.Front, about == "session" ? new TouchySession("eve", touchy) : null, about == "opening" ? touchy : null);
        var action = about switch { "result" => "give", "new" => "become", _ => "take" };
        var kind = place.EndsWith("written", StringComparison.Ordinal) ? Touchy.NotWritable : Touchy.NotReadable;

        var answer = JsonDocument.Parse(await connection.AskAsync($$$"""{"action":"{{{action}}}","id":"bad","data":{"kind":{{{kind}}}}}""")).RootElement;

        Assert.Equal("bad", answer.GetProperty("id").GetString());
        var error = answer.GetProperty("error");
        Assert.Equal(("InternalServerError", 500), (error.GetProperty("name").GetString(), error.GetProperty("status").GetInt32()));
        var id = error.GetProperty("errorId").GetString()!;
        Assert.DoesNotContain("secret", answer.ToString(), StringComparison.Ordinal);
        // On the node where it was thrown; the other node may log it too.
        Assert.Contains(
            _nodes.Front.Log.Own.Concat(_nodes.Worker.Log.Own),
            line => line.Level == LogLevel.Error && line.Text.Contains(id, StringComparison.Ordinal) && line.Error is not null);
    }

    // A callback that was registered with the cancellation of a call throws when the connection ends.
    private async Task EndWhileStuckAsync()
    {
        var connection = await TwoNodes.ConnectAsync(_nodes.Front);
        connection.Send("""{"action":"stuck","id":"bad","data":{}}""");
        await _stuck.Entered;
        connection.EndSocket();
        await Eventually.Holds(
            () => _nodes.Worker.Log.Lines.Any(line => line.Error is { } error && error.ToString().Contains("secret: cancelled", StringComparison.Ordinal)),
            "it is logged");
        _stuck.Open();
    }

    private async Task<LiveConnection[]> WaitingAsync(TaskCompletionSource go)
    {
        var before = Volatile.Read(ref _waiting);
        var connections = new LiveConnection[Others];
        for (var i = 0; i < Others; i++)
        {
            connections[i] = await TwoNodes.ConnectAsync(_nodes.Front);
            connections[i].Send($$$"""{"action":"wait","id":{{{i}}},"data":{"number":{{{i}}},"second":{{{(go == _goOn ? "true" : "false")}}}}}""");
        }

        await Eventually.Holds(() => Volatile.Read(ref _waiting) == before + Others, "all wait");
        return connections;
    }

    private static string Waited(int i) => $$$"""{"action":"wait","id":{{{i}}},"data":{"number":{{{i}}}}}""";

    private static void Tell(LiveNode node, object message) =>
        TwoNodes.SystemOf(node).ActorSelection($"/user/pikku/{CallsActor.Name}").Tell(message, ActorRefs.NoSender);

    private void Wire(PikkuBuilder app) => app.WireChannel("test", channel =>
    {
        channel.AllowAnonymous().Route<Touchy>("/test").MapAction("wait", FunctionDescriptor.FromDelegate("wait", async (Numbered input) =>
        {
            Interlocked.Increment(ref _waiting);
            await (input.Second ? _goOn : _go).Task;
            return new Number(input.Number);
        }));
        channel.MapAction("take", FunctionDescriptor.FromDelegate("take", (Kind _) => 1));
        channel.MapAction("give", FunctionDescriptor.FromDelegate("give", (Kind input) => Touchy.Of(input.Value)));
        channel.MapAction("become", FunctionDescriptor.FromDelegate("become", async (Kind input, PikkuContext context) =>
            await context.SetSessionAsync(new TouchySession(null, Touchy.Of(input.Value)))));
        channel.MapAction("stuck", FunctionDescriptor.FromDelegate("stuck", async (PikkuContext context) =>
        {
            context.CancellationToken.Register(() => throw new InvalidOperationException("secret: cancelled"));
            await _stuck.PassAsync();
        }));
    });

    private sealed record Numbered(int Number, bool Second);

    private sealed record Number([property: System.Text.Json.Serialization.JsonPropertyName("number")] int Value);

    private sealed record Kind([property: System.Text.Json.Serialization.JsonPropertyName("kind")] int Value);
}
