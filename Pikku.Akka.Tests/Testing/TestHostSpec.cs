using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Testing;

/// <summary>A host in memory: how it starts, and what connections of a test send and receive.</summary>
public sealed class TestHostSpec : IAsyncLifetime
{
    private static readonly Topic<int, Line> s_room = new("room:{id}");
    private static readonly ClientFunction<string, bool> s_confirm = new("confirm");

    private PikkuTestHost _host = null!;

    public sealed record RoomKey(int Id, string? Lang = null);

    public sealed record Line(string Text);

    public async Task InitializeAsync() => _host = await PikkuTestHost.StartAsync(pikku => pikku
        .UseSession(user => new TestSession(user.FindFirst("sub")?.Value))
        .WireChannel("lab", channel =>
        {
            channel.AllowAnonymous().MapAction("echo", (Line line) => line);
            channel.MapAction("who", (PikkuContext context) => context.Session?.UserId);
            channel.MapAction("secret", () => 1).RequireSession();
            channel.MapAction("fail", () => { throw new NotFoundError(); });
            channel.MapAction("confirm", async (string question, IPikkuChannel me) => await me.InvokeAsync(s_confirm, question));
            channel.AddClientFunction(s_confirm);
            channel.MapAction("count", (int to) => CountAsync(to));
            channel.MapAction("tell", async (Line line, IPikkuChannel me) => await me.SendAsync(line));
            channel.AddClientMessage<Line>();
            channel.MapAction("close", (IPikkuChannel me) => me.Close(CloseCode.PolicyViolation, "enough"));
            channel.OnBinaryMessage((ReadOnlyMemory<byte> bytes) => bytes);
            channel.AddTopic(s_room).AllowSubscribe().WithHistory(maxEvents: 10);
        })
        .WireChannel("room", channel => channel.Route<RoomKey>("/rooms/{id}").AllowAnonymous().MapAction("key", (RoomKey key) => key)));

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task An_action_is_called_and_replies()
    {
        await using var client = await _host.ConnectAsync("lab");

        Assert.Equal(new Line("hello"), await client.InvokeAsync<Line>("echo", new Line("hello")));
    }

    [Fact]
    public async Task An_error_of_an_action_is_an_exception_with_its_name_and_status()
    {
        await using var client = await _host.ConnectAsync("lab");

        var error = await Assert.ThrowsAsync<PikkuTestException>(() => client.InvokeAsync("fail"));
        Assert.Equal(("NotFoundError", 404), (error.Name, error.Status));
        var invalid = await Assert.ThrowsAsync<PikkuTestException>(() => client.InvokeAsync("echo", new { text = 5 }));
        Assert.Equal(("UnprocessableContentError", 422, "text"), (invalid.Name, invalid.Status, invalid.Details.Single().Path));
    }

    [Fact]
    public async Task A_refused_upgrade_is_an_exception_with_its_status()
    {
        var error = await Assert.ThrowsAsync<PikkuTestException>(() => _host.ConnectAsync("/rooms/none"));

        Assert.Equal((422, "id"), (error.Status, error.Details.Single().Path));
        Assert.Equal(404, (await Assert.ThrowsAsync<PikkuTestException>(() => _host.ConnectAsync("/nowhere"))).Status);
    }

    [Fact]
    public async Task Without_a_subprotocol_messages_are_flat()
    {
        await using var client = await _host.ConnectAsync("lab", new PikkuConnectOptions { Subprotocol = null });

        await client.SendAsync("echo", new Line("hello"));
        await client.ExpectAsync("""{"text":"hello","action":"echo"}""");
        await client.SendTextAsync("""{"action":"echo","text":"again"}""");
        await client.ExpectMatchAsync("""{"text":"again"}""");
        await client.SendBinaryAsync(new byte[] { 1, 2, 3 });
        await client.ExpectBinaryAsync(new byte[] { 1, 2, 3 });
        await client.ExpectNothingAsync();
    }

    [Fact]
    public async Task A_test_gives_a_connection_a_user_or_a_session()
    {
        await using var nobody = await _host.ConnectAsync("lab");
        await using var ann = await _host.ConnectAsync("lab", new PikkuConnectOptions { UserId = "ann" });
        await using var bob = await _host.ConnectAsync("lab", new PikkuConnectOptions { Session = new TestSession("bob") });

        Assert.Equal("UnauthorizedError", (await Assert.ThrowsAsync<PikkuTestException>(() => nobody.InvokeAsync("secret"))).Name);
        Assert.Equal("ann", await ann.InvokeAsync<string>("who"));
        Assert.Equal("bob", await bob.InvokeAsync<string>("who"));
        Assert.Equal(1, await bob.InvokeAsync<int>("secret"));
    }

    [Fact]
    public async Task Opening_data_fills_the_route_and_the_query()
    {
        await using var client = await _host.ConnectAsync("room", new PikkuConnectOptions { OpeningData = new RoomKey(7, "de & fr") });

        Assert.Equal(new RoomKey(7, "de & fr"), await client.InvokeAsync<RoomKey>("key"));
    }

    [Fact]
    public async Task A_channel_that_is_not_mapped_is_refused_with_those_that_are()
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(() => _host.ConnectAsync("lob"));

        Assert.Contains("Mapped are: lab, room.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_subscription_receives_the_events_of_its_topic_and_continues_where_it_was()
    {
        var hub = _host.Services.GetRequiredService<IEventHub>();
        await using var client = await _host.ConnectAsync("lab");
        var room = await client.SubscribeAsync(s_room.For(7));

        await hub.PublishAsync(s_room.For(7), new Line("one"));
        await hub.PublishAsync(s_room.For(8), new Line("elsewhere"));

        Assert.Equal(new Line("one"), await room.NextAsync());
        await room.ExpectNothingAsync();
        await client.CloseAsync();
        await hub.PublishAsync(s_room.For(7), new Line("two"));
        await using var again = await _host.ConnectAsync("lab");
        var resumed = await again.SubscribeAsync(s_room.For(7), room.Position);
        Assert.Equal("complete", resumed.Recovery);
        Assert.Equal(new Line("two"), await resumed.NextAsync());
        await resumed.UnsubscribeAsync();
        await hub.PublishAsync(s_room.For(7), new Line("three"));
        await again.ExpectNothingAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_end_of_a_subscription_is_seen_while_the_connection_lives_on(bool waitsBefore)
    {
        var users = _host.Services.GetRequiredService<IPikkuUsers>();
        await using var client = await _host.ConnectAsync("lab", new PikkuConnectOptions { UserId = "ann" });
        var (one, two) = (await client.SubscribeAsync(s_room.For(1)), await client.SubscribeAsync(s_room.For(2)));
        var (end, next) = waitsBefore ? (one.ExpectEndAsync(), two.NextAsync()) : (null, null);

        await users.UnsubscribeAsync("ann", s_room.For(1));
        await users.UnsubscribeAsync("ann", s_room.For(2));

        Assert.Equal(403, (await (end ?? one.ExpectEndAsync()).WaitAsync(TimeSpan.FromMinutes(1))).Status);
        var ended = await Assert.ThrowsAsync<PikkuTestException>(() => (next ?? two.NextAsync()).WaitAsync(TimeSpan.FromMinutes(1)));
        Assert.Equal("ForbiddenError", ended.Name);
        Assert.Equal("here", (await client.InvokeAsync<Line>("echo", new Line("here"))).Text);
    }

    [Fact]
    public async Task A_stream_is_a_loop_and_leaving_it_cancels_the_stream()
    {
        await using var client = await _host.ConnectAsync("lab");
        var items = new List<int>();

        await foreach (var item in client.StreamAsync<int>("count", new { to = 3 }))
            items.Add(item);
        await foreach (var item in client.StreamAsync<int>("count", new { to = int.MaxValue }))
            if (item == 5)
                break;

        Assert.Equal([1, 2, 3], items);
        await client.SkipAsync();
        Assert.Equal("x", (await client.InvokeAsync<Line>("echo", new Line("x"))).Text);
    }

    [Fact]
    public async Task The_server_calls_a_function_and_sends_messages()
    {
        await using var client = await _host.ConnectAsync("lab");
        client.Expose(s_confirm, question => Task.FromResult(question == "sure?"));

        Assert.True(await client.InvokeAsync<bool>("confirm", new { question = "sure?" }));
        await client.InvokeAsync("tell", new Line("by itself"));
        Assert.Equal(new Line("by itself"), await client.NextMessageAsync<Line>());
    }

    [Fact]
    public async Task A_close_has_a_code_and_a_reason()
    {
        await using var client = await _host.ConnectAsync("lab");

        await client.SendAsync("close");

        await client.ExpectCloseAsync(CloseCode.PolicyViolation, "enough");
    }

    [Fact]
    public async Task Requests_have_no_port_either()
    {
        using var http = _host.CreateClient();

        Assert.Equal(HttpStatusCode.UpgradeRequired, (await http.GetAsync(new Uri("/lab", UriKind.Relative))).StatusCode);
    }

    [Fact]
    public async Task An_application_that_the_test_builds_runs_with_its_middleware()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Services.AddPikku(pikku => pikku.WireChannel("a", channel => channel.AllowAnonymous().MapAction("one", () => 1)));
        await using var host = await PikkuTestHost.StartAsync(builder, app =>
        {
            app.MapGet("/hello", () => "hello");
            app.MapPikku();
        });
        using var http = host.CreateClient();
        await using var client = await host.ConnectAsync("a");

        Assert.Equal("hello", await http.GetStringAsync(new Uri("/hello", UriKind.Relative)));
        Assert.Equal(1, await client.InvokeAsync<int>("one"));
    }

    [Fact]
    public async Task A_program_runs_with_its_own_services_and_the_settings_of_the_test()
    {
        await using var host = await PikkuTestHost.StartAsync<global::Conformance.ConformanceSession>(
            new PikkuTestOptions { Settings = new Dictionary<string, string> { ["pikku.connection.max-message-size"] = "100B" } });
        await using var client = await host.ConnectAsync("lab");

        Assert.Equal(42, await client.InvokeAsync<int>("num"));
        await client.SendTextAsync(new string(' ', 101));
        await client.ExpectCloseAsync(CloseCode.MessageTooBig);
    }

    [Fact]
    public async Task An_invalid_wiring_stops_the_start() =>
        await Assert.ThrowsAsync<PikkuWiringException>(() => PikkuTestHost.StartAsync(pikku => pikku.WireChannel("a", channel => channel.MapAction("a", () => 1).RequireScope(""))));

    private static async IAsyncEnumerable<int> CountAsync(int to)
    {
        for (var i = 1; i <= to; i++)
        {
            await Task.Yield();
            yield return i;
        }
    }
}
