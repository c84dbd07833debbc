using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Tests.Support;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Connections;

/// <summary>The permissions of a subscription are asked again when the session changes and when the application asks for it.</summary>
public sealed class LiveAuthorizationSpec : IAsyncLifetime
{
    private const string Forbidden =
        """{"action":"pikku-unsubscribed","subscribed":"board:7","error":{"name":"ForbiddenError","status":403,"message":"The client does not have permission to access the requested resource."}}""";

    private const string Unauthorized =
        """{"action":"pikku-unsubscribed","subscribed":"board:7","error":{"name":"UnauthorizedError","status":401,"message":"Unauthorized for topic 'board:{boardId}'"}}""";

    private static readonly Topic<int, int> Board = new("board:{boardId}");
    private static readonly Topic<int> Open = new("open");

    private readonly ConcurrentDictionary<string, bool> _members = new() { ["ann"] = true, ["bob"] = true };
    private readonly ConcurrentQueue<(int Board, string? User)> _asked = [];
    private Func<string?, Task<bool>> _permission = null!;
    private Func<Task> _middleware = () => Task.CompletedTask;
    private Func<Task> _running = () => Task.CompletedTask;
    private LiveNode _node = null!;

    // Of all connections of the node.
    private long Subscriptions => _node.Services.GetRequiredService<HubMetrics>().Subscriptions;

    private IPikkuUsers Users => _node.Services.GetRequiredService<IPikkuUsers>();

    public async Task InitializeAsync()
    {
        _permission = user => Task.FromResult(_members.GetValueOrDefault(user ?? ""));
        _node = await LiveNode.StartAppAsync(
            app => app.WireChannel("test", Wire),
            """
            pikku.channel.max-in-flight = 2
            pikku.connection.ping-interval = infinite
            pikku.limits { messages-per-second = 1000000, message-burst = 1000000 }
            pikku.session { on-expiry = downgrade, on-revoke = downgrade }
            pikku.function.timeout = 30s
            """);
    }

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact, Trait("Rule", "Q1")]
    public async Task A_client_that_logs_out_is_told_before_the_reply()
    {
        var client = await SubscribedAsync();

        client.Send("""{"action":"logout"}""");

        await client.ExpectAsync(Unauthorized, """{"action":"logout"}""");
        await PublishAsync(1);
        await client.ExpectNothingAsync();
    }

    [Fact, Trait("Rule", "Q1")]
    public async Task The_notice_comes_before_an_error_too()
    {
        var client = await SubscribedAsync();

        client.Send("""{"action":"logoutAndThrow"}""");

        await client.ExpectAsync(Unauthorized);
        Assert.Contains("NotFoundError", await client.NextAsync(), StringComparison.Ordinal);
    }

    [Fact, Trait("Rule", "Q1")]
    public async Task Another_session_keeps_what_it_may_see_and_loses_the_rest()
    {
        var client = await SubscribedAsync();
        await client.AskAsync("""{"action":"pikku-subscribe","topic":"open"}""");

        client.Send("""{"action":"login","userId":"bob"}""");
        await client.ExpectAsync("""{"action":"login"}""");
        await PublishAsync(1);
        await client.ExpectAsync("""{"topic":"board:7","data":1}""");

        client.Send("""{"action":"login","userId":"eve"}""");
        await client.ExpectAsync(Forbidden, """{"action":"login"}""");
        await PublishAsync(2);
        await _node.Hub.PublishAsync(Open, 3);
        await client.ExpectAsync("""{"topic":"open","data":3}""");
        Assert.Contains((7, "bob"), _asked);
        Assert.Contains((7, "eve"), _asked);
    }

    [Fact, Trait("Rule", "Q2")]
    public async Task Nothing_that_is_published_after_a_refresh_reaches_who_may_no_longer()
    {
        var ann = await SubscribedAsync();
        var bob = await SubscribedAsync("bob");
        _members["bob"] = false;

        await Users.RefreshAsync("bob");
        await PublishAsync(1);

        await bob.ExpectAsync(Forbidden);
        await bob.ExpectNothingAsync();
        await ann.ExpectAsync("""{"topic":"board:7","data":1}""");
        Assert.Contains("ForbiddenError", await bob.AskAsync("""{"action":"pikku-subscribe","topic":"board:7"}"""), StringComparison.Ordinal);
        _members["bob"] = true;
        Assert.Contains("subscribed", await bob.AskAsync("""{"action":"pikku-subscribe","topic":"board:7"}"""), StringComparison.Ordinal);
    }

    [Fact, Trait("Rule", "Q1")]
    public async Task A_message_may_refresh_its_own_user()
    {
        var client = await SubscribedAsync();
        _running = async () =>
        {
            _members["ann"] = false;
            await Users.RefreshAsync("ann");
        };

        client.Send("""{"action":"run"}""");

        await client.ExpectAsync(Forbidden, """{"action":"run"}""");
    }

    [Fact, Trait("Rule", "Q1")]
    public async Task A_subscribe_that_is_denied_ends_the_older_subscription_to_the_same_topic()
    {
        var client = await SubscribedAsync();
        _members["ann"] = false;

        client.Send("""{"action":"pikku-subscribe","topic":"board:7"}""");

        Assert.StartsWith("""{"action":"pikku-unsubscribed","subscribed":"board:7","error":{"name":"ForbiddenError",""", await client.NextAsync(), StringComparison.Ordinal);
        Assert.Contains("\"pikku-subscribe\"", await client.NextAsync(), StringComparison.Ordinal);
        await PublishAsync(1);
        await client.ExpectNothingAsync();
    }

    [Fact, Trait("Rule", "O3")]
    public async Task A_subscribe_that_fails_in_its_middleware_leaves_the_older_subscription()
    {
        var client = await SubscribedAsync();
        _middleware = () => throw new BadRequestError("not now");

        Assert.Contains("BadRequestError", await client.AskAsync("""{"action":"pikku-subscribe","topic":"board:7"}"""), StringComparison.Ordinal);

        await PublishAsync(1);
        await client.ExpectAsync("""{"topic":"board:7","data":1}""");
    }

    [Fact, Trait("Rule", "Q1")]
    public async Task An_expired_session_and_a_revoked_one_end_what_they_allowed()
    {
        var expiring = await SubscribedAsync(session: new TestSession("ann") { ExpiresAt = _node.Clock.GetUtcNow().AddMinutes(1) });
        await _node.SweepAsync(TimeSpan.FromMinutes(2));
        await expiring.ExpectAsync(Unauthorized);

        var revoked = await SubscribedAsync("bob");
        await Users.RevokeAsync("bob");
        await revoked.ExpectAsync(Unauthorized);
    }

    [Fact, Trait("Rule", "Q1")]
    public async Task A_permission_that_throws_ends_the_subscription_with_its_error()
    {
        var client = await SubscribedAsync();
        _permission = _ => throw new NotFoundError("gone");
        await Users.RefreshAsync("ann");
        Assert.Contains("\"name\":\"NotFoundError\"", await client.NextAsync(), StringComparison.Ordinal);

        _permission = _ => Task.FromResult(true);
        await client.AskAsync("""{"action":"pikku-subscribe","topic":"board:7"}""");
        _permission = _ => throw new InvalidOperationException("a secret");
        await Users.RefreshAsync("ann");
        var error = JsonElement.Parse(await client.NextAsync()).GetProperty("error");
        Assert.Equal(("InternalServerError", "Internal server error"), (error.GetProperty("name").GetString(), error.GetProperty("message").GetString()));
        var id = error.GetProperty("errorId").GetString()!;
        Assert.Contains(_node.Log.Own, line => line.Text.Contains(id, StringComparison.Ordinal) && line.Error?.Message == "a secret");
        await PublishAsync(1);
        await client.ExpectNothingAsync();
    }

    [Theory, Trait("Rule", "Q1")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_permission_that_does_not_answer_in_time_ends_the_subscription(bool blocks)
    {
        var client = await SubscribedAsync();
        await client.AskAsync("""{"action":"pikku-subscribe","topic":"open"}""");
        var (entered, gate) = (NewSignal(), NewSignal());
        _permission = async _ =>
        {
            entered.SetResult();
            if (blocks)
                gate.Task.Wait();
            await gate.Task;
            return true;
        };
        var refreshing = Users.RefreshAsync("ann").AsTask();
        await entered.Task.Soon();
        await AdvanceWhenWaitingAsync(TimeSpan.FromSeconds(31));

        Assert.Contains("\"name\":\"RequestTimeoutError\"", await client.NextAsync(), StringComparison.Ordinal);
        await refreshing.Soon();
        gate.SetResult();
        await PublishAsync(1);
        await _node.Hub.PublishAsync(Open, 2);
        await client.ExpectAsync("""{"topic":"open","data":2}""");
    }

    [Fact, Trait("Rule", "Q1")]
    public async Task Requests_share_evaluations_and_each_waits_for_one_that_began_after_it()
    {
        var client = await SubscribedAsync();
        var (entered, gate) = (NewSignal(), NewSignal());
        var answers = new ConcurrentQueue<bool>([true, false]);
        var asked = 0;
        _permission = async _ =>
        {
            Interlocked.Increment(ref asked);
            answers.TryDequeue(out var answer);
            entered.TrySetResult();
            await gate.Task;
            return answer;
        };
        var authorization = client.Channel.Authorization!;
        var first = authorization.RequestAsync();
        await entered.Task.Soon();
        var later = Enumerable.Range(0, 100).Select(_ => authorization.RequestAsync()).ToArray();
        gate.SetResult();

        await first.Soon();
        await Task.WhenAll(later).Soon();
        Assert.Equal(2, asked);
        await client.ExpectAsync(Forbidden);
        await Eventually.Holds(() => Subscriptions == 0, "the subscriptions are removed");
        Assert.False(authorization.IsPending);
    }

    [Fact, Trait("Rule", "Q1")]
    public async Task Only_the_topics_that_were_asked_for_are_evaluated()
    {
        var client = await SubscribedAsync();
        await client.AskAsync("""{"action":"pikku-subscribe","topic":"board:8"}""");
        _members["ann"] = false;

        await client.Channel.Authorization!.RequestAsync(subscription => subscription.Name == "board:8");

        await client.ExpectAsync(Forbidden.Replace("board:7", "board:8", StringComparison.Ordinal));
        await PublishAsync(1);
        await client.ExpectAsync("""{"topic":"board:7","data":1}""");
    }

    [Fact, Trait("Rule", "Q1")]
    public async Task A_client_is_kicked_from_one_topic_without_its_permission()
    {
        var client = await SubscribedAsync();
        await client.AskAsync("""{"action":"pikku-subscribe","topic":"open"}""");

        await client.Channel.Authorization!.EndAsync("board:7", new ForbiddenError());
        await client.Channel.Authorization!.EndAsync("board:9", new ForbiddenError());
        await PublishAsync(1);
        await _node.Hub.PublishAsync(Open, 2);

        await client.ExpectAsync(Forbidden, """{"topic":"open","data":2}""");
    }

    [Fact, Trait("Rule", "Q2")]
    public async Task A_refresh_while_the_permission_of_a_subscribe_is_asked_makes_it_ask_again()
    {
        var client = await ConnectAsync("ann");
        var (entered, gate) = (NewSignal(), NewSignal());
        _permission = async user =>
        {
            var isMember = _members[user!];
            entered.TrySetResult();
            await gate.Task;
            return isMember;
        };
        client.Send("""{"action":"pikku-subscribe","topic":"board:7"}""");
        await entered.Task.Soon();
        _members["ann"] = false;
        await Users.RefreshAsync("ann");
        gate.SetResult();

        Assert.Contains("ForbiddenError", await client.NextAsync(), StringComparison.Ordinal);
        await PublishAsync(1);
        await client.ExpectNothingAsync();
        Assert.Equal(2, _asked.Count);
        await Eventually.Holds(() => Subscriptions == 0, "the subscriptions are removed");
    }

    [Fact, Trait("Rule", "Q2")]
    public async Task A_refresh_between_the_permission_and_the_subscription_makes_it_ask_again()
    {
        var client = await ConnectAsync("ann");
        var (entered, gate) = (NewSignal(), NewSignal());
        _middleware = () =>
        {
            entered.SetResult();
            return gate.Task;
        };
        client.Send("""{"action":"pikku-subscribe","topic":"board:7"}""");
        await entered.Task.Soon();
        await Users.RefreshAsync("ann"); // the answer is the same, so the second check allows it
        _members["ann"] = false;
        await Users.RefreshAsync("ann");
        gate.SetResult();

        Assert.Contains("ForbiddenError", await client.NextAsync(), StringComparison.Ordinal);
        await Eventually.Holds(() => Subscriptions == 0, "the subscriptions are removed");
    }

    [Fact, Trait("Rule", "Q2")]
    public async Task A_refresh_that_changes_nothing_leaves_a_subscribe_that_is_under_way()
    {
        var client = await ConnectAsync("ann");
        var (entered, gate) = (NewSignal(), NewSignal());
        _middleware = () =>
        {
            entered.SetResult();
            return gate.Task;
        };
        client.Send("""{"action":"pikku-subscribe","topic":"board:7"}""");
        await entered.Task.Soon();
        await Users.RefreshAsync("ann");
        gate.SetResult();

        await client.ExpectAsync("""{"action":"pikku-subscribe","subscribed":"board:7"}""");
        await PublishAsync(1);
        await client.ExpectAsync("""{"topic":"board:7","data":1}""");
    }

    [Fact, Trait("Rule", "Q1")]
    public async Task A_logout_by_another_message_while_a_subscribe_is_checked_refuses_it()
    {
        var client = await ConnectAsync("ann");
        var (entered, gate) = (NewSignal(), NewSignal());
        _middleware = () =>
        {
            entered.SetResult();
            return gate.Task;
        };
        client.Send("""{"action":"pikku-subscribe","topic":"board:7"}""");
        await entered.Task.Soon();
        await client.AskAsync("""{"action":"logout"}""");
        gate.SetResult();

        Assert.Contains("UnauthorizedError", await client.NextAsync(), StringComparison.Ordinal);
        await Eventually.Holds(() => Subscriptions == 0, "the subscriptions are removed");
    }

    [Fact, Trait("Rule", "Q1")]
    public async Task A_reply_that_waits_for_an_authorization_has_the_deadline_of_its_message()
    {
        var client = await SubscribedAsync();
        var (entered, gate) = (NewSignal(), NewSignal());
        _permission = async _ =>
        {
            entered.TrySetResult();
            await gate.Task;
            return true;
        };
        _node.Clock.Advance(TimeSpan.FromSeconds(1));
        client.Send("""{"action":"login","userId":"bob"}""");
        await entered.Task.Soon();
        await client.SettleAsync();
        Assert.Empty(client.Client.Unread());

        await _node.SweepAsync(TimeSpan.FromSeconds(29.5));
        await client.SettleAsync();
        Assert.Empty(client.Client.Unread());
        gate.SetResult();
        await client.ExpectAsync("""{"action":"login"}""");
    }

    [Fact, Trait("Rule", "Q1")]
    public async Task A_connection_that_ends_while_it_is_evaluated_leaves_nothing_behind()
    {
        var client = await SubscribedAsync();
        var (entered, gate) = (NewSignal(), NewSignal());
        _permission = async _ =>
        {
            entered.TrySetResult();
            await gate.Task;
            return false;
        };
        var refreshing = Users.RefreshAsync("ann").AsTask();
        await entered.Task.Soon();
        await client.EndAsync();
        gate.SetResult();

        await refreshing.Soon();
        await Eventually.Holds(() => Subscriptions == 0, "the subscriptions are removed");
    }

    [Fact, Trait("Rule", "U1")]
    public async Task A_connection_whose_channel_is_denied_later_is_closed_for_good()
    {
        await using var node = await LiveNode.StartAsync(channel =>
        {
            channel.RequirePermission((PikkuContext context) => _members.GetValueOrDefault(context.Session?.UserId ?? ""));
            channel.MapAction("logout", (PikkuContext context) => context.ClearSessionAsync());
        });
        var ann = await node.ConnectAsync("ann", new TestSession("ann"));
        var bob = await node.ConnectAsync("bob", new TestSession("bob"));
        _members["bob"] = false;
        await node.Services.GetRequiredService<IPikkuUsers>().RefreshAsync("ann");
        await node.Services.GetRequiredService<IPikkuUsers>().RefreshAsync("bob");
        await bob.ExpectAsync("close 4403 the channel is forbidden; retry=never");

        Assert.Equal("close 4403 the channel is forbidden; retry=never", await ann.AskAsync("""{"action":"logout"}"""));
    }

    [Fact, Trait("Rule", "Q2")]
    public async Task Under_load_no_event_reaches_who_was_revoked_before_it_was_published()
    {
        const int Clients = 8, Rounds = 60;
        var random = new Random(12);
        var clients = new List<LiveConnection>();
        for (var i = 0; i < Clients; i++)
        {
            _members[$"u{i}"] = true;
            clients.Add(await ConnectAsync($"u{i}"));
        }

        // Each client subscribes again and again, whatever it is told; each event is a number that grows.
        var published = 0;
        using var stop = new CancellationTokenSource();
        var publishing = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
                await PublishAsync(Interlocked.Increment(ref published));
        });
        // The numbers of the events that were published while a user had no access: after the refresh completed and before access was given again.
        var denied = Enumerable.Range(0, Clients).Select(_ => new HashSet<int>()).ToArray();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(i => (Index: i, Random: new Random(random.Next()))).Select(one => Task.Run(async () =>
        {
            var (i, mine) = one;
            for (var round = 0; round < Rounds; round++)
            {
                clients[i].Send("""{"action":"pikku-subscribe","topic":"board:7"}""");
                for (var pause = mine.Next(4); pause > 0; pause--)
                    await PublishAsync(Interlocked.Increment(ref published));
                if (mine.Next(2) == 0)
                    clients[i].Send("""{"action":"pikku-subscribe","topic":"board:7"}""");
                _members[$"u{i}"] = false;
                await Users.RefreshAsync($"u{i}");
                for (var pause = 1 + mine.Next(3); pause > 0; pause--)
                {
                    var number = Interlocked.Increment(ref published);
                    await PublishAsync(number);
                    denied[i].Add(number);
                }

                _members[$"u{i}"] = true;
            }
        })));
        await stop.CancelAsync();
        await publishing.Soon();

        for (var i = 0; i < Clients; i++)
        {
            await clients[i].WhenIdleAsync();
            var received = clients[i].Client.Unread().Select(message => message.Text).Where(text => text.StartsWith("{\"topic\"", StringComparison.Ordinal))
                .Select(text => JsonElement.Parse(text).GetProperty("data").GetInt32()).ToList();
            Assert.DoesNotContain(received, denied[i].Contains);
            Assert.Equal(received.Count, received.Distinct().Count());
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ValueTask PublishAsync(int data) => _node.Hub.PublishAsync(Board.For(7), data);

    private Task<LiveConnection> ConnectAsync(string user, TestSession? session = null) => _node.ConnectAsync($"{user}-{Guid.NewGuid()}", session ?? new TestSession(user));

    private async Task<LiveConnection> SubscribedAsync(string user = "ann", TestSession? session = null)
    {
        var client = await ConnectAsync(user, session);
        Assert.Equal("""{"action":"pikku-subscribe","subscribed":"board:7"}""", await client.AskAsync("""{"action":"pikku-subscribe","topic":"board:7"}"""));
        return client;
    }

    private async Task AdvanceWhenWaitingAsync(TimeSpan by)
    {
        using var timeout = new CancellationTokenSource(Patience.Long);
        while (_node.Clock.WaitingTimers == 0)
        {
            timeout.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        _node.Clock.Advance(by);
    }

    private void Wire(ChannelBuilder channel)
    {
        channel.AddTopic(Board).AllowSubscribe()
            .UseMiddleware(async (_, next) =>
            {
                await next();
                await _middleware();
            })
            .RequirePermission(async (int board, PikkuContext context) =>
            {
                _asked.Enqueue((board, context.Session?.UserId));
                return await _permission(context.Session?.UserId);
            });
        channel.AddTopic(Open).AllowSubscribe().AllowAnonymous();
        channel.MapAction("login", (Login input, PikkuContext context) => context.SetSessionAsync(new TestSession(input.UserId))).AllowAnonymous();
        channel.MapAction("logout", (PikkuContext context) => context.ClearSessionAsync());
        channel.MapAction("run", () => _running());
        channel.MapAction("logoutAndThrow", async (PikkuContext context) =>
        {
            await context.ClearSessionAsync();
            throw new NotFoundError("after the logout");
        });
    }

    public sealed record Login(string UserId);
}
