using System.Collections.Concurrent;
using System.Text.Json;
using Pikku.Akka.Tests.Connections;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>Access that is taken away is taken away on three nodes when the task completes. <see cref="LiveAuthorizationSpec"/> shows it on one node.</summary>
public sealed class LiveAuthorizationClusterSpec : IAsyncLifetime
{
    private const string Forbidden =
        """{"action":"pikku-unsubscribed","subscribed":"board:7","error":{"name":"ForbiddenError","status":403,"message":"The client does not have permission to access the requested resource."}}""";

    private static readonly Topic<int, int> Board = new("board:{boardId}");

    private readonly ConcurrentDictionary<(string User, int Board), bool> _denied = new();
    private readonly ConcurrentDictionary<string, bool> _banned = new();
    private ThreeNodes _nodes = null!;

    public async Task InitializeAsync() => _nodes = await ThreeNodes.StartAsync(
        app => app
            .WireChannel("test", Wire)
            .WireChannel("guarded", channel => channel.RequirePermission((PikkuContext context) => !_banned.ContainsKey(context.Session?.UserId ?? ""))),
        "pikku.limits { messages-per-second = 1000000, message-burst = 1000000 }");

    public async Task DisposeAsync() => await _nodes.DisposeAsync();

    [Fact, Trait("Rule", "Q2")]
    public async Task A_refresh_is_in_force_on_all_nodes_when_it_completes()
    {
        LiveConnection[] ann = [await SubscribedAsync(0, "ann"), await SubscribedAsync(1, "ann"), await SubscribedAsync(2, "ann")];
        var bob = await SubscribedAsync(2, "bob");
        _denied[("ann", 7)] = true;

        await _nodes.Of<IPikkuUsers>(0).RefreshAsync("ann");

        await ExpectEndAsync(ann);
        await ExpectEventsOnlyAsync(bob, ann);
    }

    [Theory, Trait("Rule", "Q2")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_topic_or_a_family_is_asked_again_on_all_nodes(bool isFamily)
    {
        LiveConnection[] ann = [await SubscribedAsync(0, "ann"), await SubscribedAsync(1, "ann"), await SubscribedAsync(2, "ann")];
        var bob = await SubscribedAsync(1, "bob");
        _denied[("ann", 7)] = true;

        // Another topic is not meant.
        await _nodes[1].Hub.ReauthorizeAsync(Board.For(8));
        Assert.All(ann, connection => Assert.Empty(connection.Client.Unread()));
        await (isFamily ? _nodes[1].Hub.ReauthorizeAsync(Board) : _nodes[1].Hub.ReauthorizeAsync(Board.For(7)));

        await ExpectEndAsync(ann);
        await ExpectEventsOnlyAsync(bob, ann);
    }

    [Fact, Trait("Rule", "Q1")]
    public async Task A_user_is_removed_from_one_topic_on_all_nodes()
    {
        LiveConnection[] ann = [await SubscribedAsync(0, "ann"), await SubscribedAsync(1, "ann"), await SubscribedAsync(2, "ann")];
        var bob = await SubscribedAsync(0, "bob");

        await _nodes.Of<IPikkuUsers>(2).UnsubscribeAsync("ann", Board.For(7));

        await ExpectEndAsync(ann);
        await ExpectEventsOnlyAsync(bob, ann);
        // The permission still allows it.
        foreach (var connection in ann)
            Assert.Equal("""{"action":"pikku-subscribe","subscribed":"board:7"}""", await connection.AskAsync("""{"action":"pikku-subscribe","topic":"board:7"}"""));
    }

    [Fact, Trait("Rule", "U1")]
    public async Task A_channel_that_is_denied_now_is_closed_on_all_nodes()
    {
        LiveConnection[] ann = [await GuardedAsync(0, "ann"), await GuardedAsync(1, "ann"), await GuardedAsync(2, "ann")];
        var bob = await GuardedAsync(1, "bob");
        _banned["ann"] = true;

        await _nodes.Of<IPikkuUsers>(1).RefreshAsync("ann");

        Assert.All(ann, connection => Assert.False(connection.Channel.IsOpen));
        foreach (var connection in ann)
            Assert.StartsWith("close 4403 ", await connection.NextAsync(), StringComparison.Ordinal);
        Assert.True(bob.Channel.IsOpen);
    }

    [Theory, Trait("Rule", "Q2")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Under_load_no_event_that_is_published_after_a_refresh_has_completed_reaches_a_denied_subscription(int seed)
    {
        const int Users = 6, Boards = 8;
        var random = new Random(seed);
        var boards = Enumerable.Range(seed * 100, Boards).ToArray();
        var users = Enumerable.Range(0, Users).Select(i => $"user{seed}-{i}").ToArray();
        var connections = new Dictionary<string, List<LiveConnection>>();
        foreach (var (i, user) in users.Index())
            connections[user] = [await ConnectAsync(i % 3, user), await ConnectAsync((i + 1) % 3, user)];
        var witnesses = new List<LiveConnection>();
        for (var node = 0; node < 3; node++)
        {
            witnesses.Add(await ConnectAsync(node, "witness"));
            foreach (var board in boards)
                await witnesses[node].AskAsync(Subscribe(board));
        }

        // The events of a board are numbered in the order in which their publishers began. A cut is the last number before a refresh completed.
        var published = boards.ToDictionary(board => board, _ => new int[1]);
        var cuts = new ConcurrentDictionary<(string User, int Board), int>();
        using var stop = new CancellationTokenSource();
        var publishing = Task.WhenAll(Enumerable.Range(0, 3).Select(node => (Node: node, Random: new Random(random.Next()))).Select(one => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
                await PublishAsync(one.Node, boards[one.Random.Next(Boards)]);
        })));

        await Task.WhenAll(users.Select(user => (User: user, Random: new Random(random.Next()))).Select(one => Task.Run(async () =>
        {
            var (user, mine) = one;
            var order = boards.ToArray();
            mine.Shuffle(order);
            foreach (var board in order)
            {
                SubscribeAll();
                for (var pause = mine.Next(4); pause > 0; pause--)
                    await PublishAsync(mine.Next(3), board);
                _denied[(user, board)] = true;
                // Some subscribe again while access is taken away.
                if (mine.Next(2) == 0)
                    SubscribeAll();
                await RefreshAsync();
                cuts[(user, board)] = Volatile.Read(ref published[board][0]);
                for (var pause = mine.Next(4); pause > 0; pause--)
                    await PublishAsync(mine.Next(3), board);
                if (mine.Next(2) == 0)
                    SubscribeAll();

                void SubscribeAll() => connections[user].ForEach(connection => connection.Send(Subscribe(board)));

                ValueTask RefreshAsync() => mine.Next(3) switch
                {
                    0 => _nodes[mine.Next(3)].Hub.ReauthorizeAsync(Board),
                    1 => _nodes[mine.Next(3)].Hub.ReauthorizeAsync(Board.For(board)),
                    _ => _nodes.Of<IPikkuUsers>(mine.Next(3)).RefreshAsync(user),
                };
            }
        })));
        await stop.CancelAsync();
        await publishing.Soon();

        // What a node has published last arrives last. When a node has the last events of all nodes, it has delivered all events to all of its connections.
        var last = new HashSet<(int, int)>();
        foreach (var board in boards)
            for (var node = 0; node < 3; node++)
                last.Add((board, await PublishAsync(node, board)));
        foreach (var witness in witnesses)
        {
            var missing = last.ToHashSet();
            while (missing.Count > 0)
                if (Event(await witness.NextAsync()) is { } seen)
                    missing.Remove(seen);
        }

        foreach (var (user, mine) in connections)
            foreach (var connection in mine)
            {
                await connection.WhenIdleAsync();
                foreach (var (board, number) in connection.Client.Unread().Select(message => Event(message.Text)).OfType<(int Board, int Number)>())
                    Assert.True(number <= cuts[(user, board)], $"Seed {seed}: {user} got event {number} of board {board} after the refresh at {cuts[(user, board)]}.");
            }

        async Task<int> PublishAsync(int node, int board)
        {
            var number = Interlocked.Increment(ref published[board][0]);
            await _nodes[node].Hub.PublishAsync(Board.For(board), number);
            return number;
        }
    }

    private static string Subscribe(int board) => $$"""{"action":"pikku-subscribe","topic":"board:{{board}}"}""";

    private static (int Board, int Number)? Event(string text)
    {
        var message = JsonElement.Parse(text);
        return message.TryGetProperty("topic", out var topic)
            ? (int.Parse(topic.GetString()!["board:".Length..], System.Globalization.CultureInfo.InvariantCulture), message.GetProperty("data").GetInt32())
            : null;
    }

    private static async Task ExpectEndAsync(LiveConnection[] connections)
    {
        foreach (var connection in connections)
            await connection.ExpectAsync(Forbidden);
    }

    // Publishes on each node. A connection that answers afterwards has received what its node has delivered before.
    private async Task ExpectEventsOnlyAsync(LiveConnection allowed, LiveConnection[] others)
    {
        var witnesses = new List<LiveConnection>();
        for (var node = 0; node < 3; node++)
            witnesses.Add(await SubscribedAsync(node, "witness"));
        foreach (var node in _nodes.All)
            await node.Hub.PublishAsync(Board.For(7), 1);
        foreach (var connection in witnesses.Append(allowed))
            for (var i = 0; i < 3; i++)
                await connection.ExpectAsync("""{"topic":"board:7","data":1}""");
        Assert.All(others, connection => Assert.Empty(connection.Client.Unread()));
    }

    private void Wire(ChannelBuilder channel) => channel.AllowAnonymous().AddTopic(Board).AllowSubscribe().RequirePermission(async (int board, PikkuContext context) =>
    {
        await Task.Yield();
        return !_denied.ContainsKey((context.Session?.UserId ?? "", board));
    });

    private Task<LiveConnection> ConnectAsync(int node, string user) => _nodes.ConnectAsync(node, new TestSession(user), "test");

    private Task<LiveConnection> GuardedAsync(int node, string user) => _nodes.ConnectAsync(node, new TestSession(user), "guarded");

    private async Task<LiveConnection> SubscribedAsync(int node, string user)
    {
        var connection = await ConnectAsync(node, user);
        Assert.Equal("""{"action":"pikku-subscribe","subscribed":"board:7"}""", await connection.AskAsync(Subscribe(7)));
        return connection;
    }
}
