using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Connections;

/// <summary>A permission of a channel for its opening data is also asked about the key of a topic, which a client chooses freely.</summary>
[Trait("Rule", "U1")]
public sealed class TopicKeyPermissionSpec : IAsyncLifetime
{
    private static readonly Topic<BoardKey, int> Cards = new("board:{boardId}:cards");
    private static readonly Topic<OtherKey, int> Others = new("other:{name}");

    private readonly ConcurrentDictionary<(int Board, string User), bool> _members = new() { [(1, "ann")] = true, [(2, "ann")] = true, [(2, "mallory")] = true };
    private readonly ConcurrentQueue<int> _asked = [];
    private PikkuTestHost _host = null!;

    public async Task InitializeAsync() => _host = await PikkuTestHost.StartAsync(pikku => pikku
        .WireChannel("boards", channel => Wire(channel.Route<BoardKey>("/boards/{boardId}").RequirePermission(IsMember)))
        .WireChannel("nested", channel => Wire(channel.Route<BoardKey>("/nested/{boardId}").RequirePermission(
            PikkuPermission.Any(PikkuPermission.All(PikkuPermission.Of(IsMember), PikkuPermission.Of((PikkuContext context) => context.Session is not null)))))));

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("boards")]
    [InlineData("nested")]
    public async Task Who_may_connect_with_one_key_may_not_subscribe_with_another(string channel)
    {
        await using var mallory = await ConnectAsync(channel, 2, "mallory");
        await using var ann = await ConnectAsync(channel, 2, "ann");

        await mallory.SubscribeAsync(Cards.For(new BoardKey(2)));
        var refused = await Assert.ThrowsAsync<PikkuTestException>(() => mallory.SubscribeAsync(Cards.For(new BoardKey(1))));
        await ann.SubscribeAsync(Cards.For(new BoardKey(1)));

        Assert.Equal(403, refused.Status);
    }

    [Fact, Trait("Rule", "Q2")]
    public async Task Access_to_another_key_that_is_taken_away_ends_its_subscription_and_nothing_else()
    {
        await using var ann = await ConnectAsync("boards", 2, "ann");
        var other = await ann.SubscribeAsync(Cards.For(new BoardKey(1)));
        var own = await ann.SubscribeAsync(Cards.For(new BoardKey(2)));

        _members[(1, "ann")] = false;
        await _host.Services.GetRequiredService<IPikkuUsers>().RefreshAsync("ann");

        Assert.Equal(403, (await other.ExpectEndAsync()).Status);
        await _host.Services.GetRequiredService<IEventHub>().PublishAsync(Cards.For(new BoardKey(2)), 7);
        Assert.Equal(7, await own.NextAsync());
    }

    [Fact]
    public async Task The_key_of_the_connection_itself_is_asked_about_once()
    {
        await using var ann = await ConnectAsync("boards", 2, "ann");
        _asked.Clear();

        await ann.SubscribeAsync(Cards.For(new BoardKey(2)));

        Assert.Equal([2], _asked);
    }

    [Fact]
    public async Task A_key_of_another_type_is_no_matter_of_the_permission()
    {
        await using var mallory = await ConnectAsync("boards", 2, "mallory");

        await mallory.SubscribeAsync(Others.For(new OtherKey("news")));
    }

    private static void Wire(ChannelBuilder channel)
    {
        channel.AddTopic(Cards).AllowSubscribe();
        channel.AddTopic(Others).AllowSubscribe();
    }

    private bool IsMember(BoardKey board, PikkuContext context)
    {
        _asked.Enqueue(board.BoardId);
        return _members.GetValueOrDefault((board.BoardId, context.Session?.UserId ?? ""));
    }

    private Task<PikkuTestConnection> ConnectAsync(string channel, int board, string user) =>
        _host.ConnectAsync(channel, new PikkuConnectOptions { OpeningData = new BoardKey(board), Session = new TestSession(user) });

    private sealed record BoardKey(int BoardId);

    private sealed record OtherKey(string Name);
}
