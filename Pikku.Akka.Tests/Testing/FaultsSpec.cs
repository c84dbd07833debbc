using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Testing;

/// <summary>What a test can provoke on one host, and what an expectation says that is not met.</summary>
public sealed class FaultsSpec : IAsyncLifetime
{
    private readonly TaskCompletionSource _disconnected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PikkuTestHost _host = null!;

    public async Task InitializeAsync() => _host = await PikkuTestHost.StartAsync(
        pikku => pikku.WireChannel("lab", channel =>
        {
            channel.AllowAnonymous().OnDisconnect(() => { _disconnected.TrySetResult(); });
            channel.MapAction("echo", (string text) => text);
            channel.MapAction("wait", async () => await _gate.Task);
        }),
        new PikkuTestOptions { Patience = TimeSpan.FromSeconds(5) });

    public async Task DisposeAsync()
    {
        _gate.TrySetResult();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task A_cut_connection_ends_without_a_close_frame_on_both_sides()
    {
        await using var client = await _host.ConnectAsync("lab");
        await client.InvokeAsync("echo", new { text = "hello" });

        client.Link.Cut();

        await client.ExpectCloseAsync(PikkuTestClose.NoCloseFrame);
        await _disconnected.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Empty(_host.Links);
    }

    [Fact]
    public async Task A_revoked_session_closes_the_connections_of_its_user()
    {
        await using var ann = await _host.ConnectAsync("lab", new PikkuConnectOptions { Session = new TestSession("ann") });
        await using var bob = await _host.ConnectAsync("lab", new PikkuConnectOptions { Session = new TestSession("bob") });

        await _host.RevokeSessionAsync("ann");

        await ann.ExpectCloseAsync(CloseCode.PolicyViolation);
        Assert.Equal("still here", await bob.InvokeAsync<string>("echo", new { text = "still here" }));
    }

    [Fact]
    public async Task A_draining_host_completes_what_runs_and_refuses_new_connections()
    {
        await using var client = await _host.ConnectAsync("lab");
        await client.SendTextAsync("""{"action":"wait","id":1}""");
        await client.SendTextAsync("""{"action":"pikku-ping"}""");
        await client.ExpectAsync("""{"action":"pikku-pong"}""");

        var drain = _host.DrainAsync();
        var refused = await Assert.ThrowsAsync<PikkuTestException>(() => _host.ConnectAsync("lab"));
        _gate.SetResult();

        Assert.Equal(503, refused.Status);
        await client.ExpectAsync("""{"action":"wait","id":1}""");
        await client.ExpectCloseAsync(CloseCode.GoingAway);
        await drain.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_drain_ends_functions_that_do_not_end_by_themselves()
    {
        await using var client = await _host.ConnectAsync("lab");
        await client.SendAsync("wait");
        await client.SendTextAsync("""{"action":"pikku-ping"}""");
        await client.ExpectAsync("""{"action":"pikku-pong"}""");

        var drain = _host.DrainAsync();
        await _host.AdvanceAsync(TimeSpan.FromSeconds(40));

        await drain.WaitAsync(TimeSpan.FromSeconds(20));
        await client.ExpectCloseAsync(PikkuTestClose.NoCloseFrame);
    }

    [Fact]
    public async Task An_expectation_says_what_came_instead_and_what_came_before()
    {
        await using var client = await _host.ConnectAsync("lab");
        await client.SendTextAsync("""{"action":"echo","data":{"text":"hello"}}""");

        var failed = await Assert.ThrowsAsync<PikkuExpectationException>(() => client.ExpectAsync("""{"action":"echo","data":"good bye"}"""));

        Assert.Contains("""connection 1 of lab expected {"action":"echo","data":"good bye"}""", failed.Message, StringComparison.Ordinal);
        Assert.Contains("""but received {"action":"echo","data":"hello"}""", failed.Message, StringComparison.Ordinal);
        Assert.Contains("""→ {"action":"echo","data":{"text":"hello"}}""", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expectation_fails_on_silence_and_on_a_close()
    {
        await using var host = await PikkuTestHost.StartAsync(
            pikku => pikku.WireChannel("lab", channel => channel.AllowAnonymous().MapAction("echo", (string text) => text)),
            new PikkuTestOptions { Patience = TimeSpan.FromMilliseconds(200) });
        await using var client = await host.ConnectAsync("lab");

        Assert.Contains("received nothing within", (await Assert.ThrowsAsync<PikkuExpectationException>(client.NextAsync)).Message, StringComparison.Ordinal);
        await client.CloseAsync();
        Assert.Contains("the close 1000", (await Assert.ThrowsAsync<PikkuExpectationException>(client.NextAsync)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_expected_only_after_everything_was_handled()
    {
        await using var client = await _host.ConnectAsync("lab");
        for (var i = 0; i < 20; i++)
        {
            await client.SendAsync("echo", new { text = "hello" });
            await Assert.ThrowsAsync<PikkuExpectationException>(client.ExpectNothingAsync);
        }
    }

    [Fact]
    public async Task A_host_that_waits_for_the_test_says_which_function_runs()
    {
        await using var client = await _host.ConnectAsync("lab");
        await client.SendAsync("wait");

        var failed = await Assert.ThrowsAsync<PikkuExpectationException>(client.ExpectNothingAsync);

        Assert.Contains("a function of channel 'lab' still runs", failed.Message, StringComparison.Ordinal);
    }
}
