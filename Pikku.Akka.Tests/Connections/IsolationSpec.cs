using Akka.Actor;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Connections;

[Trait("Rule", "E5")]
public sealed class IsolationSpec
{
    [Fact]
    public async Task Leaves_all_others_alone_when_the_actor_of_one_fails()
    {
        await using var node = await LiveNode.StartAsync(c => c.OnMessage((string text) => text));
        var failing = await node.ConnectAsync("failing");
        var other = await node.ConnectAsync("other");

        failing.FailActor();
        await failing.Ended.Soon();
        other.Send("hello");

        await other.ExpectAsync("hello");
        Assert.Equal(1, failing.Aborts);
        Assert.Equal(0, other.Aborts);
        Assert.Single(node.Log.Own, line => line.EventId == 18);
    }

    [Fact]
    public async Task Goes_on_after_a_function_has_thrown()
    {
        await using var node = await LiveNode.StartAsync(c =>
        {
            c.MapAction("throw", void () => throw new InvalidOperationException("secret"));
            c.MapAction("ping", () => 1);
        });
        var connection = await node.ConnectAsync();

        connection.Send("""{"action":"throw"}""", """{"action":"ping"}""");

        var error = await connection.NextAsync();
        Assert.Contains("Internal server error", error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error, StringComparison.Ordinal);
        await connection.ExpectAsync("""{"action":"ping","result":1}""");
    }

    [Theory]
    [InlineData("throw", "close 1011 a message failed")]
    [InlineData("forbid", "close 1008 a message failed")]
    public async Task Closes_behind_the_error_when_the_settings_say_so(string action, string close)
    {
        await using var node = await LiveNode.StartAsync(
            c =>
            {
                c.MapAction("throw", void () => throw new InvalidOperationException());
                c.MapAction("forbid", void () => throw new ForbiddenError());
            },
            "pikku.channel.close-on-error = on");
        var connection = await node.ConnectAsync();

        connection.Send($$"""{"action":"{{action}}"}""", $$"""{"action":"{{action}}"}""");

        Assert.StartsWith("""{"error":""", await connection.NextAsync(), StringComparison.Ordinal);
        await connection.ExpectAsync(close);
        await connection.ExpectNothingAsync();
    }

    [Fact]
    public async Task Forgets_its_connections_when_the_parent_is_restarted()
    {
        await using var node = await LiveNode.StartAsync(c => c.OnMessage((string text) => text));
        var connection = await node.ConnectAsync("before");

        node.Parent.Tell(Kill.Instance, ActorRefs.NoSender);
        await connection.Ended.Soon();

        await node.Directory.WhenEmptyAsync().Soon();
    }
}
