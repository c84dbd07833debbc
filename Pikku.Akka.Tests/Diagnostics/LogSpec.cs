using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.Extensions.Logging;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Tests.Connections;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Diagnostics;

public sealed class LogSpec
{
    private const string Secret = "s3cr3t";

    private static readonly Topic<string> Topic = new("topic");

    [Fact]
    public void Every_message_has_its_own_id()
    {
        var ids = Messages().Select(m => m.EventId).ToArray();

        Assert.NotEmpty(ids);
        Assert.Equal(ids.Distinct(), ids);
        Assert.All(ids, id => Assert.NotEqual(0, id));
    }

    [Fact]
    public void No_message_has_a_parameter_for_a_payload_a_token_or_a_session()
    {
        var allowed = new[]
        {
            "action", "channelId", "errorId", "name", "deadline", "channel", "kind", "topic", "reason", "how", "status", "connections", "timeout",
            "channels", "error", "function", "elapsed", "part", "problem", "scheme", "work",
            // Nodes of the cluster by host and port, and counts, limits and operations of the session store.
            "node", "seed", "seeds", "members", "others", "size", "count", "capacity", "operation",
            // What a page and a request state about themselves, the origins of the settings, and the address of a proxy.
            "origin", "own", "allowed", "address",
            // Which operator has looked at which user.
            "operator", "user", "what", "verdict", "duration", "target", "recording", "messages",
        };

        var parameters = typeof(PikkuLog).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .SelectMany(m => m.GetParameters()).Select(p => p.Name).Distinct();

        Assert.Empty(parameters.Except(allowed));
    }

    [Fact]
    public async Task Never_contains_data_or_the_identity_of_a_client()
    {
        var hang = new Gate();
        await using var node = await LiveNode.StartAsync(
            c =>
            {
                c.OnConnect((IPikkuChannel channel) => channel.SetState(Secret));
                c.OnBinaryMessage(byte[] (byte[] data) => throw new InvalidOperationException("binary"));
                c.MapAction("strict", (Strict input) => input.Name);
                c.MapAction("throw", void (Strict input) => throw new InvalidOperationException("thrown"));
                c.MapAction("hang", (Strict input) => hang.PassAsync());
                c.MapAction("unauthorized", (Strict input) => input.Name).RequireSession();
                c.MapAction("subscribe", async (PikkuContext context) => await context.EventHub.SubscribeAsync(Topic, _ => throw new InvalidOperationException("handler")));
            },
            "akka.loglevel = DEBUG");
        var connection = await node.ConnectAsync(session: new TestSession(UserId: Secret) { ExpiresAt = node.Clock.GetUtcNow() + TimeSpan.FromHours(1) });

        string[] messages =
        [
            Secret,
            $$"""{"action":"none","data":"{{Secret}}"}""",
            $$"""{"action":"{{Secret}}"}""",
            $$"""{"action":"strict","name":"{{Secret}}","n":"{{Secret}}"}""",
            $$"""{"action":"strict","name":"{{Secret}}","n":1""",
            $$"""{"action":"strict","name":"{{Secret}}","n":999}""",
            $$"""{"action":"throw","name":"{{Secret}}","n":1}""",
            """{"action":"subscribe"}""",
        ];
        foreach (var message in messages)
        {
            connection.Send(message);
            await connection.NextAsync();
        }

        connection.SendBinary([.. System.Text.Encoding.UTF8.GetBytes(Secret)]);
        await node.Hub.PublishAsync(Topic, Secret);
        connection.Send($$"""{"action":"hang","name":"{{Secret}}","n":1}""");
        await hang.Entered;
        await connection.SettleAsync();
        await node.SweepAsync(TimeSpan.FromSeconds(31));
        connection.FailActor();
        await connection.Ended.Soon();
        connection.Send($$"""{"action":"strict","name":"{{Secret}}","n":1}""");
        hang.Open();

        Assert.NotEmpty(node.Log.Lines);
        Assert.DoesNotContain(node.Log.Lines, line => $"{line.Text} {line.Error}".Contains(Secret, StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Rule", "E3")]
    public async Task Contains_the_exception_with_the_id_that_the_client_received()
    {
        await using var node = await LiveNode.StartAsync(
            c => c.MapAction("throw", void () => throw new InvalidOperationException("thrown")));
        var connection = await node.ConnectAsync(enveloped: true);

        connection.Send("""{"action":"throw","id":1}""");
        using var reply = System.Text.Json.JsonDocument.Parse(await connection.NextAsync());

        var errorId = reply.RootElement.GetProperty("error").GetProperty("errorId").GetString()!;
        var line = Assert.Single(node.Log.Own, l => l.EventId == 1);
        Assert.Contains(errorId, line.Text, StringComparison.Ordinal);
        Assert.Equal("thrown", line.Error?.Message);
        Assert.Equal(LogLevel.Error, line.Level);
    }

    private static IEnumerable<LoggerMessageAttribute> Messages() =>
        typeof(PikkuLog).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Select(m => m.GetCustomAttribute<LoggerMessageAttribute>()).OfType<LoggerMessageAttribute>();

    internal sealed record Strict([property: MaxLength(20)] string Name, [property: Range(1, 10)] int N);
}
