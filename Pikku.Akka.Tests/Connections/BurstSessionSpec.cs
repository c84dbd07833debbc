using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Connections;

/// <summary>If a message changes the session, the next message of its burst has the changed session.</summary>
public sealed class BurstSessionSpec
{
    private const string Login = """{"action":"login"}""";
    private const string Logout = """{"action":"logout"}""";
    private const string List = """{"action":"list"}""";

    // All messages call the same function, so that they can run in one turn.
    private static readonly FunctionDescriptor s_function = FunctionDescriptor.FromDelegate("session", async (PikkuContext context) =>
    {
        switch (context.Action)
        {
            case "login":
                await context.SetSessionAsync(new TestSession());
                break;
            case "logout":
                await context.ClearSessionAsync();
                break;
        }
    });

    [Fact, Trait("Rule", "D1")]
    public async Task Is_checked_before_each_message()
    {
        await using var node = await StartAsync();
        var connection = await node.ConnectAsync();

        connection.Send(List, Login, List, List, Logout, List, Login, List);

        await ExpectAsync(connection, "UnauthorizedError", Login, List, List, Logout, "UnauthorizedError", Login, List);
    }

    [Fact, Trait("Rule", "D1")]
    public async Task Can_be_set_by_a_message_after_the_one_that_cleared_it()
    {
        await using var node = await StartAsync();
        var connection = await node.ConnectAsync(session: new TestSession());

        connection.Send(List, Logout, Login, List, Logout, Logout, Login, List);

        await ExpectAsync(connection, List, Logout, Login, List, Logout, "UnauthorizedError", Login, List);
        Assert.NotNull(connection.Channel.Session.Current);
    }

    private static Task<LiveNode> StartAsync() => LiveNode.StartAsync(c =>
    {
        c.RequireSession().MapAction("login", s_function).AllowAnonymous();
        c.MapAction("logout", s_function);
        c.MapAction("list", s_function);
    });

    private static async Task ExpectAsync(LiveConnection connection, params string[] answers)
    {
        foreach (var answer in answers)
            Assert.Equal(answer, Reply.ErrorName(await connection.NextAsync()));
        await connection.ExpectNothingAsync();
    }
}
