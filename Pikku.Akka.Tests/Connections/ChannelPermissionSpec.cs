using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Connections;

/// <summary>How often the permissions of a channel are asked.</summary>
[Trait("Rule", "U1")]
public sealed class ChannelPermissionSpec
{
    private int _asked;
    private bool _isAllowed = true;

    [Fact]
    public async Task Every_action_asks_the_permissions_of_the_channel()
    {
        await using var node = await StartAsync(null);
        var client = await node.ConnectAsync();

        await client.AskAsync("""{"action":"ping"}""");
        await client.AskAsync("""{"action":"ping"}""");
        Assert.Equal(2, _asked);

        _isAllowed = false;
        Assert.Contains("ForbiddenError", await client.AskAsync("""{"action":"ping"}"""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kept_yes_is_not_asked_again_until_its_time_is_over_or_the_session_changes()
    {
        await using var node = await StartAsync(TimeSpan.FromMinutes(1));
        var client = await node.ConnectAsync();

        await client.AskAsync("""{"action":"ping"}""");
        await client.AskAsync("""{"action":"ping"}""");
        Assert.Equal(1, _asked);

        node.Clock.Advance(TimeSpan.FromMinutes(1));
        await client.AskAsync("""{"action":"ping"}""");
        Assert.Equal(2, _asked);

        await client.AskAsync("""{"action":"login"}""");
        await client.AskAsync("""{"action":"ping"}""");
        Assert.Equal(3, _asked);
    }

    [Fact]
    public async Task A_new_evaluation_ignores_and_replaces_the_kept_yes()
    {
        await using var node = await StartAsync(TimeSpan.FromMinutes(1));
        var client = await node.ConnectAsync();
        var permission = node.Endpoint.Definition.Permission!;

        await client.AskAsync("""{"action":"ping"}""");
        _isAllowed = false;

        Assert.False(await permission.EvaluateAsync(client.Channel, default));
        Assert.Contains("ForbiddenError", await client.AskAsync("""{"action":"ping"}"""), StringComparison.Ordinal);
    }

    private Task<LiveNode> StartAsync(TimeSpan? keep) => LiveNode.StartAsync(channel =>
    {
        channel.RequirePermission(() =>
        {
            _asked++;
            return _isAllowed;
        });
        if (keep is { } lifetime)
            channel.CacheFor(lifetime);
        channel.MapAction("ping", () => "pong");
        channel.MapAction("login", (PikkuContext context) => context.SetSessionAsync(new TestSession()));
    });
}
