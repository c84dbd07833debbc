using System.Collections.Concurrent;
using System.Text.Json;
using Pikku.Akka.Tests.Clients.CSharp.Generated;
using Pikku.Akka.Tests.Conformance;
using Pikku.Akka.Tests.Cluster;
using Xunit;
using Client = Pikku.Akka.Tests.Clients.CSharp.Generated.PikkuWebSocket;

namespace Pikku.Akka.Tests.Clients.CSharp;

/// <summary>Runs the generated client against the application that it was generated from.</summary>
[Trait("Rule", "M2")]
public sealed class ClientEndToEndSpec(OneNode node) : IClassFixture<OneNode>
{
    private Uri Server => node.Address;

    [Fact]
    public async Task An_action_returns_its_typed_result_after_another_action_signs_in()
    {
        await using var client = new Client(Server);
        var refused = await Assert.ThrowsAsync<Generated.PikkuException>(() => client.TodosLive.ListAsync(new TodoFilter()));
        Assert.Equal(("UnauthorizedError", 401), (refused.Name, refused.Status));

        await client.TodosLive.AuthAsync(Demo);
        var reply = await client.TodosLive.CreateAsync(new NewTodo { Title = "Buy milk", Priority = TodoPriority.High, Tags = ["a"] });

        Assert.Equal(("Buy milk", TodoPriority.High), (reply.Todo.Title, reply.Todo.Priority));
        Assert.Null(reply.Todo.DueDate);
    }

    [Fact]
    [Trait("Rule", "E4")]
    public async Task An_error_lists_the_validation_rules_that_the_input_breaks()
    {
        await using var client = new Client(Server);
        await client.TodosLive.AuthAsync(Demo);
        var error = await Assert.ThrowsAsync<Generated.PikkuException>(() => client.TodosLive.CreateAsync(new NewTodo { Title = "" }));

        Assert.Equal(("UnprocessableContentError", 422), (error.Name, error.Status));
        Assert.Equal("title", Assert.Single(error.Details).Path);
        var failure = await Assert.ThrowsAsync<Generated.PikkuException>(() => client.Lab.ThrowPlainAsync());
        Assert.Equal(16, failure.ErrorId?.Length);
    }

    [Fact]
    [Trait("Rule", "U2")]
    public async Task Simple_parameters_are_properties_of_the_input_and_omitted_ones_have_their_defaults()
    {
        await using var client = new Client(Server);
        var id = Guid.NewGuid();

        var least = await client.Types.ParametersAsync(new TypesParametersInput { Id = id, Rating = 4.5, Genres = [Genre.NonFiction] });
        Assert.Equal((id, 4.5, null, Level.Low, 20), (least.Id, least.Rating, least.Note, least.Level, least.Limit));
        Assert.Equal([Genre.NonFiction], least.Genres);

        var all = await client.Types.ParametersAsync(new TypesParametersInput { Id = id, Rating = 1, Note = "x", Genres = [], Level = Level.High, Limit = new(null) });
        Assert.Equal(("x", Level.High, null), (all.Note, all.Level, all.Limit));

        Assert.Equal(9, await client.Types.AllOptionalAsync());
        Assert.Equal(4, await client.Types.AllOptionalAsync(new TypesAllOptionalInput { To = 5 }));
        var refused = await Assert.ThrowsAsync<Generated.PikkuException>(() => client.Types.ParametersAsync(new TypesParametersInput { Id = id, Rating = 6, Genres = [] }));
        Assert.Equal((422, "rating"), (refused.Status, Assert.Single(refused.Details).Path));
    }

    [Fact]
    public async Task Events_reach_their_subscribers()
    {
        await using var client = new Client(Server);
        var created = Next<TodoEvent>(out var take);
        using var handler = client.TodosLive.OnTodoCreated(take);
        await client.TodosLive.AuthAsync(Demo);
        await client.TodosLive.SubscribeAsync(new TopicName { Topic = "todo-created" });
        await client.TodosLive.CreateAsync(new NewTodo { Title = "Seen" });
        Assert.Equal("Seen", (await created).Todo.Title);

        var any = Next<JsonElement>(out var takeAny);
        using var family = client.Events.OnTopic("room:1", takeAny);
        await client.Events.SubscribeAsync(new TopicName { Topic = "room:1" });
        await client.Events.PublishAsync(new Publication { Topic = "room:1", Data = JsonElement.Parse("[1]") });
        Assert.Equal("[1]", (await any).GetRawText());
    }

    [Fact]
    public async Task Default_handlers_reply()
    {
        await using var client = new Client(Server);
        var object1 = await client.LabDefault.FallbackAsync(JsonElement.Parse("""{"x":1}"""));
        Assert.True(object1.Default);
        Assert.Equal("object", object1.Type);
        var list = await client.LabDefault.FallbackAsync(JsonElement.Parse("[1]"));
        Assert.Equal("array", list.Type);
        var texts = await Task.WhenAll(client.Text.FallbackAsync("hello"), client.Text.FallbackAsync("no { json"));
        Assert.Equal(["HELLO", "NO { JSON"], texts);
    }

    [Fact]
    public async Task Another_routing_key_has_its_own_actions()
    {
        await using var client = new Client(Server);
        Assert.Equal(1, (await client.Lab.Command.RunAsync(JsonElement.Parse("""{"x":1}"""))).Ran.GetProperty("x").GetInt32());
        Assert.Equal([1, 2, 3], await client.Lab.ArrAsync());
        Assert.Equal([1, 2, 3], await client.Lab.BufAsync());
        await client.Lab.VoidAsync();
    }

    [Fact]
    [Trait("Rule", "J1")]
    public async Task Binary_frames_are_sent_in_both_directions()
    {
        await using var client = new Client(Server);
        var frame = Next<byte[]>(out var take);
        using var handler = client.Bin.OnBinary(take);
        await client.Bin.SendBinaryAsync(new byte[] { 1, 2, 3 });
        Assert.Equal([1, 2, 3], await frame);
    }

    [Fact]
    [Trait("Rule", "I2")]
    public async Task Opening_data_are_sent_with_the_upgrade()
    {
        await using var client = new Client(Server);
        var route = client.Rooms(new RoomInput { RoomId = "a b ä?", Limit = 2.5, Tags = ["x", "y,z"] });
        Assert.Same(route, client.Rooms(new RoomInput { RoomId = "a b ä?", Limit = 2.5, Tags = ["x", "y,z"] }));
        var welcome = Next<RoomsConnectedOutput>(out var take);
        using var handler = route.OnMessage(take);
        await route.ConnectAsync();

        var room = (await welcome).OpeningData;
        Assert.Equal(("a b ä?", 2.5), (room.RoomId, room.Limit));
        Assert.Equal(["x", "y,z"], room.Tags!);
    }

    [Fact]
    [Trait("Rule", "L1")]
    public async Task The_server_calls_a_function_of_the_client()
    {
        await using var client = new Client(Server);
        var unknown = await client.Rpc.CallAsync(new CallInput { Fn = "confirm" });
        Assert.Equal((false, "RPCNotFoundError"), (unknown.Ok, unknown.Name));

        using (client.Rpc.ExposeConfirm((question, _) => Task.FromResult(new Decision { Yes = question.Text == "Delete?" }), "asking"))
            Assert.True((await client.Rpc.ConfirmAsync(new Question { Text = "Delete?" }))!.Yes);
        using (client.Rpc.ExposeConfirm((_, _) => throw new InvalidOperationException("no time")))
        {
            var failed = await client.Rpc.CallAsync(new CallInput { Fn = "confirm", Data = JsonElement.Parse("""{"text":"x"}""") });
            Assert.Equal((false, "InvalidOperationException", "no time"), (failed.Ok, failed.Name, failed.Message));
        }
    }

    [Fact]
    [Trait("Rule", "D4")]
    public async Task A_token_is_sent_with_the_upgrade()
    {
        await using var client = new Client(Server, new PikkuOptions { Token = (_, _) => Task.FromResult<string?>(BearerToken.FillIn("${jwt:alice}")) });
        Assert.Equal("alice", (await client.Secure.MeAsync()).Session?.UserId);

        await using var stranger = new Client(Server, new PikkuOptions { Token = (_, _) => Task.FromResult<string?>("wrong"), MaxAttempts = 0 });
        Assert.Equal(401, (await Assert.ThrowsAsync<PikkuRefusedException>(() => stranger.Secure.ConnectAsync())).Status);
    }

    [Theory]
    [InlineData("alice==")]
    [InlineData("a/b")]
    [InlineData(" a b, c ")]
    [InlineData("förged ✓")]
    [InlineData("a\r\nb")]
    [Trait("Rule", "D4")]
    public async Task An_invalid_token_of_any_characters_closes_the_route(string token)
    {
        await using var client = new Client(Server, new PikkuOptions { Token = (_, _) => Task.FromResult<string?>(token), MinDelay = TimeSpan.FromMilliseconds(1) });
        var refused = await Assert.ThrowsAsync<PikkuRefusedException>(() => client.Secure.ConnectAsync());
        Assert.Equal(("UnauthorizedError", 401), (refused.Name, refused.Status));
    }

    [Fact]
    [Trait("Rule", "E6")]
    public async Task A_refused_upgrade_reports_its_reason_and_is_not_retried()
    {
        await using var client = new Client(new Uri(Server, "nowhere"));
        var unknown = await Assert.ThrowsAsync<PikkuClosedException>(() => client.Lab.VoidAsync());
        Assert.Equal(("NotFoundError", 404), (unknown.Refusal?.Name, unknown.Refusal?.Status));

        await using var other = new Client(new Uri(Server, "?limit=many"));
        var broken = await Assert.ThrowsAsync<PikkuRefusedException>(() => other.Rooms(new RoomInput { RoomId = "r" }).ConnectAsync());
        Assert.Equal(422, broken.Status);
        Assert.Equal("limit", Assert.Single(broken.Details).Path);
    }

    [Fact]
    [Trait("Rule", "E6")]
    public async Task An_exception_of_onConnect_closes_the_route_and_is_reported()
    {
        await using var client = new Client(Server);
        var closed = new TaskCompletionSource<PikkuStateChange>();
        using var states = client.ConnectThrow.OnState(change =>
        {
            if (change.State == PikkuState.Closed)
                closed.TrySetResult(change);
        });
        var refused = await Assert.ThrowsAsync<Generated.PikkuException>(() => client.ConnectThrow.ConnectAsync());

        Assert.Equal(("ForbiddenError", 403), (refused.Name, refused.Status));
        var change = await closed.Task.WaitAsync(WebSockets.Eventually.Patience);

        Assert.Equal(1008, change.Code);
        Assert.Equal("ForbiddenError", Assert.IsType<Generated.PikkuException>(change.Error).Name);
    }

    [Fact]
    [Trait("Rule", "L2")]
    public async Task A_call_of_a_function_that_the_client_does_not_expose_is_a_typed_error_of_the_action()
    {
        await using var client = new Client(Server);
        var error = await Assert.ThrowsAsync<Generated.PikkuException>(() => client.Rpc.ConfirmAsync(new Question { Text = "x" }));
        Assert.Equal(("ClientCallError", 424), (error.Name, error.Status));
    }

    [Fact]
    public async Task A_call_ends_when_its_timeout_expires_or_its_token_is_canceled()
    {
        await using var client = new Client(Server);
        var slow = new SlowInput { Ms = 60_000, Tag = JsonElement.Parse("1") };
        await Assert.ThrowsAsync<TimeoutException>(() => client.Lab.SlowAsync(slow, timeout: TimeSpan.FromMilliseconds(50)));
        using var cancel = new CancellationTokenSource();
        var call = client.Lab.SlowAsync(slow, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task Without_a_connection_messages_fail_or_wait_up_to_a_limit()
    {
        var nowhere = new Uri($"http://127.0.0.1:{NodeProcess.FreePorts(1)[0]}");
        await using var refusing = new Client(nowhere, new PikkuOptions { Offline = PikkuOffline.Refuse });
        await Assert.ThrowsAsync<PikkuOfflineException>(() => refusing.Lab.VoidAsync());

        await using var waiting = new Client(nowhere, new PikkuOptions { MaxQueued = 1 });
        var first = waiting.Lab.VoidAsync();
        await Assert.ThrowsAsync<PikkuOfflineException>(() => waiting.Lab.VoidAsync());
        await waiting.DisposeAsync();
        await Assert.ThrowsAsync<PikkuClosedException>(() => first);
    }

    [Fact]
    [Trait("Rule", "I4")]
    public async Task A_route_that_the_server_closes_with_1000_stays_closed_until_it_is_used()
    {
        await using var client = new Client(Server);
        var states = new ConcurrentQueue<PikkuStateChange>();
        var closed = new TaskCompletionSource();
        using var handler = client.Lab.OnState(change =>
        {
            states.Enqueue(change);
            if (change.State == PikkuState.Closed)
                closed.TrySetResult();
        });
        await client.Lab.ConnectAsync();
        try
        {
            await client.Lab.CloseActionAsync();
        }
        catch (PikkuClosedException)
        {
            // The close frame may arrive before the reply.
        }

        await closed.Task.WaitAsync(WebSockets.Eventually.Patience);
        Assert.Equal([PikkuState.Connecting, PikkuState.Open, PikkuState.Closed], states.Select(change => change.State));
        Assert.Equal(1000, states.Last().Code);
        await Assert.ThrowsAsync<PikkuClosedException>(() => client.Lab.VoidAsync());
        await client.Lab.ConnectAsync();
        await client.Lab.VoidAsync();
    }

    [Fact]
    [Trait("Rule", "O2")]
    public async Task A_subscription_receives_events_until_the_permission_is_taken_away()
    {
        await using var client = new Client(Server);
        var board = new BoardKey { BoardId = "csharp/1" };
        await client.Boards.LoginAsync(new BoardLogin { UserId = "csharp" });
        var denied = Next<Generated.PikkuException>(out var takeDenied);
        using (client.Boards.SubscribeToBoard(board, _ => { }, new PikkuSubscriptionOptions { OnDenied = takeDenied }))
            Assert.Equal(("ForbiddenError", 403), ((await denied).Name, (await denied).Status));

        await client.Boards.InviteAsync(new Membership { BoardId = "csharp/1", UserId = "csharp" });
        var subscribed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = Next<Generated.PikkuException>(out var takeEnded);
        var seen = Next<JsonElement>(out var takeEvent);
        using var handler = client.Boards.SubscribeToBoard(
            board, takeEvent, new PikkuSubscriptionOptions { OnSubscribed = subscribed.SetResult, OnEnded = takeEnded });
        await subscribed.Task.WaitAsync(WebSockets.Eventually.Patience);
        await client.Boards.PublishAsync(new BoardEvent { Topic = "board:csharp%2F1", Data = JsonElement.Parse("1") });
        Assert.Equal(1, (await seen).GetInt32());

        await client.Boards.KickAsync(new Membership { BoardId = "csharp/1", UserId = "csharp" });
        Assert.Equal(403, (await ended).Status);
    }

    [Fact]
    [Trait("Rule", "O2")]
    public async Task A_loop_over_events_ends_its_subscription_when_it_is_left()
    {
        await using var client = new Client(Server);
        var events = client.Boards.SubscribeToPublic(new NameKey { Name = "loop: grün" });
        await client.Boards.ConnectAsync();
        for (var number = 1; number <= 3; number++)
            await client.Boards.PublishAsync(new BoardEvent { Topic = "public:loop%3A grün", Data = JsonSerializer.SerializeToElement(number) });
        var seen = new List<int>();
        await foreach (var data in events)
        {
            seen.Add(data.GetInt32());
            if (seen.Count == 3)
                break;
        }

        Assert.Equal([1, 2, 3], seen);
    }

    [Fact]
    [Trait("Rule", "R1")]
    public async Task Streams_are_enumerated_and_canceled()
    {
        await using var client = new Client(Server);
        Assert.Equal(Enumerable.Range(1, 1000), await client.Boards.CountAsync(new CountInput { To = 1000 }).ToListAsync());
        var error = await Assert.ThrowsAsync<Generated.PikkuException>(async () => await client.Boards.CountThrowAsync(new CountInput { To = 2 }).ToListAsync());
        Assert.Equal(404, error.Status);
        // More streams than one connection may have at a time, so those that are left must have ended on the server.
        for (var i = 0; i < 20; i++)
            Assert.Equal(1, await client.Boards.DripAsync(new DripInput { To = 1000, Ms = 60_000 }).FirstAsync());
    }

    [Fact]
    [Trait("Rule", "R3")]
    public async Task A_call_that_is_canceled_ends_on_the_server()
    {
        await using var client = new Client(Server);
        await client.Boards.ConnectAsync();
        using var cancel = new CancellationTokenSource();
        var call = client.Boards.SleepAsync(new SleepInput { Ms = 60_000 }, cancel.Token);
        // The window of the channel holds one message, so the next is answered only if the first has ended.
        var next = client.Boards.LogoutAsync();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await next.WaitAsync(WebSockets.Eventually.Patience);
    }

    private static TodosLiveChannelCredentials Demo => new() { Username = "demo", Password = "test" };

    private static Task<T> Next<T>(out Action<T> take)
    {
        var next = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        take = value => next.TrySetResult(value);
        return next.Task.WaitAsync(WebSockets.Eventually.Patience);
    }
}
