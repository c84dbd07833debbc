using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Tests.Connections;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>The server calls functions of the clients of a user, on three nodes.</summary>
[Trait("Rule", "U4")]
public sealed class UserCallsSpec : IAsyncLifetime
{
    private const int MaxOpen = 5;

    private static readonly ClientFunction<Question, bool> Confirm = new("confirm");
    private static readonly ClientFunction<NoData, string> Free = new("free");

    private ThreeNodes _nodes = null!;

    public async Task InitializeAsync() => _nodes = await ThreeNodes.StartAsync(app => app
        .WireChannel("test", channel => channel.AllowAnonymous().AddClientFunction(Confirm)
            .MapAction("ask", (Ask ask, IPikkuUsers users) => users.InvokeAsync(ask.User, Confirm, new Question("sure?")).AsTask()))
        .WireChannel("other", channel => channel.AllowAnonymous()), $"pikku.remote.max-open = {MaxOpen}");

    public async Task DisposeAsync() => await _nodes.DisposeAsync();

    [Fact]
    public async Task The_first_connection_of_the_user_that_answers_on_any_node_counts()
    {
        LiveConnection[] clients = [await ConnectAsync(0), await ConnectAsync(1), await ConnectAsync(2)];

        foreach (var first in clients)
        {
            var call = Users(0).InvokeAsync("ann", Confirm, new Question("sure?")).AsTask();
            var ids = new List<string>();
            foreach (var client in clients)
                ids.Add(await RequestAsync(client, """{"text":"sure?"}"""));

            Answer(first, ids[Array.IndexOf(clients, first)], "true");

            Assert.True(await call.Soon());
            // What comes later is dropped.
            foreach (var (client, id) in clients.Zip(ids))
                if (client != first)
                    Answer(client, id, "false");
        }
    }

    [Fact]
    public async Task A_client_that_does_not_expose_the_function_leaves_the_answer_to_another_one()
    {
        var (dumb, able) = (await ConnectAsync(0), await ConnectAsync(2));
        var call = Users(1).InvokeAsync("ann", Confirm, new Question("?")).AsTask();

        Refuse(dumb, await RequestAsync(dumb), "RPCNotFoundError");
        Answer(able, await RequestAsync(able), "true");

        Assert.True(await call.Soon());
    }

    [Fact]
    public async Task The_call_fails_when_no_client_exposes_the_function()
    {
        LiveConnection[] clients = [await ConnectAsync(0), await ConnectAsync(1)];
        var call = Users(2).InvokeAsync("ann", Confirm, new Question("?")).AsTask();

        foreach (var client in clients)
            Refuse(client, await RequestAsync(client), "RPCNotFoundError");

        var error = await Assert.ThrowsAsync<ClientCallException>(() => call.Soon());
        Assert.Equal((ClientCallErrorReason.NotExposed, "RPCNotFoundError"), (error.Reason, error.ErrorName));
    }

    [Fact]
    public async Task The_error_of_a_client_is_an_answer()
    {
        var (one, _) = (await ConnectAsync(1), await ConnectAsync(2));
        var call = Users(0).InvokeAsync("ann", Confirm, new Question("?")).AsTask();

        Refuse(one, await RequestAsync(one), "Denied");

        var error = await Assert.ThrowsAsync<ClientCallException>(() => call.Soon());
        Assert.Equal((ClientCallErrorReason.Remote, "Denied", "no"), (error.Reason, error.ErrorName, error.Message));
    }

    [Fact]
    public async Task The_call_fails_at_once_when_the_user_has_no_connection()
    {
        var error = await Assert.ThrowsAsync<ClientCallException>(() => Users(0).InvokeAsync("nobody", Confirm, new Question("?")).AsTask().Soon());

        Assert.Equal(ClientCallErrorReason.Closed, error.Reason);
    }

    [Fact]
    public async Task Only_channels_that_declare_the_function_get_the_call_and_all_get_one_that_none_declares()
    {
        var (declared, other) = (await ConnectAsync(1), await ConnectAsync(1, channel: "other"));

        var confirm = Users(0).InvokeAsync("ann", Confirm, new Question("?")).AsTask();
        Answer(declared, await RequestAsync(declared), "true");
        Assert.True(await confirm.Soon());
        var free = Users(0).InvokeAsync("ann", Free, default).AsTask();
        await RequestAsync(declared);
        Answer(other, await RequestAsync(other, function: "free"), "\"yes\"");

        Assert.Equal("yes", await free.Soon());
    }

    [Fact]
    public async Task A_client_that_does_not_answer_in_time_fails_the_call_unless_it_asks_its_user()
    {
        await using var nodes = await TwoNodes.StartAsync(
            app => app.WireChannel("test", channel => channel.AllowAnonymous().AddClientFunction(Confirm)),
            "pikku { remote.timeout = 500ms, cluster.request-timeout = 500ms }");
        var client = await TwoNodes.ConnectAsync(nodes.Worker, new TestSession("ann"));
        var users = nodes.Front.Services.GetRequiredService<IPikkuUsers>();
        var asking = users.InvokeAsync("ann", Confirm, new Question("asked")).AsTask();
        var id = await RequestAsync(client);
        client.Send($$"""{"action":"pikku-rpc-pending","id":"{{id}}","reason":"asking"}""");

        // These begin later than the call that waits for the user, and together they take longer than both nodes would wait for it.
        for (var i = 0; i < 3; i++)
        {
            var call = users.InvokeAsync("ann", Confirm, new Question("ignored")).AsTask();
            await RequestAsync(client);
            var error = await Assert.ThrowsAsync<ClientCallException>(() => call.Soon());
            Assert.Equal(ClientCallErrorReason.Timeout, error.Reason);
        }

        Assert.False(asking.IsCompleted);
        Answer(client, id, "true");
        Assert.True(await asking.Soon());
    }

    [Fact]
    public async Task A_call_that_the_caller_gives_up_does_not_stay_open_on_the_other_nodes()
    {
        var client = await ConnectAsync(1);
        using var cancel = new CancellationTokenSource();
        for (var i = 1; i <= MaxOpen; i++)
        {
            var call = Users(0).InvokeAsync("ann", Confirm, new Question("?"), cancel.Token).AsTask();
            await RequestAsync(client);
            if (i < MaxOpen)
                continue;
            cancel.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Soon());
        }

        // pikku.remote.max-open would refuse this call if one of them were still open.
        var last = await CallUntilAcceptedAsync(client);
        Answer(client, last.Id, "true");
        Assert.True(await last.Call.Soon());
    }

    [Fact]
    public async Task The_client_of_a_function_that_lets_the_failure_pass_gets_424()
    {
        var asking = await _nodes.ConnectAsync(0, new TestSession("bob"));
        var client = await ConnectAsync(2);

        asking.Send("""{"action":"ask","data":{"user":"ann"},"id":1}""");
        Refuse(client, await RequestAsync(client), "RPCNotFoundError");

        var error = JsonElement.Parse(await asking.NextAsync()).GetProperty("error");
        Assert.Equal(("ClientCallError", 424), (error.GetProperty("name").GetString(), error.GetProperty("status").GetInt32()));
    }

    [Fact]
    public async Task A_call_with_other_types_than_the_declared_ones_is_refused() => await Assert.ThrowsAsync<InvalidOperationException>(
        () => Users(0).InvokeAsync("ann", new ClientFunction<int, bool>("confirm"), 1).AsTask());

    [Fact]
    public async Task One_connection_of_any_node_is_called_by_its_id()
    {
        var (client, other) = (await ConnectAsync(2), await ConnectAsync(2));
        var channels = _nodes.Of<IPikkuChannels>(0);
        var call = channels.InvokeAsync(client.Channel.Id, Confirm, new Question("?")).AsTask();

        Answer(client, await RequestAsync(client), "true");

        Assert.True(await call.Soon());
        Assert.Empty(other.Client.Unread());
        await client.EndAsync();
        var error = await Assert.ThrowsAsync<ClientCallException>(() => channels.InvokeAsync(client.Channel.Id, Confirm, new Question("?")).AsTask().Soon());
        Assert.Equal(ClientCallErrorReason.Closed, error.Reason);
    }

    private static void Answer(LiveConnection client, string id, string result) =>
        client.Send($$"""{"action":"pikku-rpc-response","id":"{{id}}","ok":true,"result":{{result}}}""");

    private static void Refuse(LiveConnection client, string id, string name) =>
        client.Send($$$"""{"action":"pikku-rpc-response","id":"{{{id}}}","ok":false,"error":{"name":"{{{name}}}","message":"no"}}""");

    private static async Task<string> RequestAsync(LiveConnection client, string? data = null, string? function = null)
    {
        var request = JsonElement.Parse(await client.NextAsync());
        Assert.Equal("pikku-rpc-request", request.GetProperty("action").GetString());
        if (data is not null)
            Assert.Equal(data, request.GetProperty("data").GetRawText());
        if (function is not null)
            Assert.Equal(function, request.GetProperty("funcName").GetString());
        return request.GetProperty("id").GetString()!;
    }

    // The cancellation is on its way to the other node.
    private async Task<(string Id, Task<bool> Call)> CallUntilAcceptedAsync(LiveConnection client)
    {
        while (true)
        {
            var call = Users(0).InvokeAsync("ann", Confirm, new Question("last")).AsTask();
            var request = RequestAsync(client);
            if (await Task.WhenAny(call, request).Soon() == request)
                return (await request, call);
            Assert.Equal(ClientCallErrorReason.Invalid, (await Assert.ThrowsAsync<ClientCallException>(() => call)).Reason);
        }
    }

    private IPikkuUsers Users(int node) => _nodes.Of<IPikkuUsers>(node);

    private Task<LiveConnection> ConnectAsync(int node, string? channel = null) => _nodes.ConnectAsync(node, new TestSession("ann"), channel);

    private sealed record Ask(string User);

    private sealed record Question(string Text);
}
