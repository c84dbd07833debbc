using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Host.Chat;
using Pikku.Akka.Host.Todos;
using Xunit;
using static Pikku.Akka.Host.Todos.TodosProtocol;

namespace Pikku.Akka.Tests.Host;

/// <summary>The data of the Host in its database: in SQLite, and in PostgreSQL where it is installed.</summary>
public sealed class DataSpec
{
    [Fact]
    public async Task In_a_file_messages_are_listed_oldest_first_and_counted()
    {
        await using var node = await HostNode.Start();
        await ShowMessagesAsync(node);
    }

    [Fact]
    public async Task In_a_file_todos_are_listed_by_user_and_filter()
    {
        await using var node = await HostNode.Start();
        await ShowTodosAsync(node);
    }

    [SkippableFact]
    public async Task In_PostgreSQL_messages_and_todos_are_listed_in_the_same_way()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var node = await HostNode.Start(args: $"--ConnectionStrings:PostgreSQL={server.ConnectionString}");
        await ShowMessagesAsync(node);
        await ShowTodosAsync(node);
    }

    [Fact]
    public async Task A_restart_loses_nothing()
    {
        using var data = new DataFolder();
        await using (var node = await HostNode.Start(args: data.Argument))
        {
            await Chat(node).AddAsync("alice", "hello", default);
            await Todos(node).CompleteAsync("todo1", default);
        }

        await using var again = await HostNode.Start(args: data.Argument);

        Assert.Equal("hello", Assert.Single(await Chat(again).LatestAsync(10, default)).Text);
        Assert.Equal([("todo1", true), ("todo2", false)], (await Todos(again).ListAsync("user1", new ListTodosInput(), default)).Select(todo => (todo.Id, todo.Completed)));
    }

    [Fact]
    public async Task The_oldest_messages_are_removed_so_that_clients_cannot_fill_the_disk()
    {
        await using var node = await HostNode.Start();
        var chat = Chat(node);

        for (var i = 0; i < 1100; i++)
            await chat.AddAsync("alice", $"{i}", default);

        var kept = await chat.LatestAsync(2000, default);
        Assert.InRange(kept.Count, 1000, 1050);
        Assert.Equal("1099", kept[^1].Text);
    }

    private static async Task ShowMessagesAsync(HostNode node)
    {
        var chat = Chat(node);
        for (var i = 0; i < 5; i++)
            await chat.AddAsync("alice", $"{i}", default);

        Assert.Equal(["2", "3", "4"], (await chat.LatestAsync(3, default)).Select(message => message.Text));
        Assert.Equal(5, await chat.CountAsync(default));
    }

    private static async Task ShowTodosAsync(HostNode node)
    {
        var todos = Todos(node);
        var due = new DateTimeOffset(2026, 12, 24, 18, 0, 0, TimeSpan.FromHours(2));
        var created = await todos.AddAsync(
            new CreateTodoInput { Title = "Buy a tree", Priority = TodoPriority.Low, Tags = ["home", "winter"], DueDate = due, Description = "A small one" }, "user1", default);
        await todos.AddAsync(new CreateTodoInput { Title = "Of somebody else" }, "user2", default);

        Assert.Equal(["todo1", "todo2", created.Id], await IdsOf(todos, new ListTodosInput()));
        Assert.Equal([created.Id], await IdsOf(todos, new ListTodosInput { Tag = "winter" }));
        Assert.Equal(["todo1"], await IdsOf(todos, new ListTodosInput { Priority = TodoPriority.High }));
        var listed = Assert.Single(await todos.ListAsync("user1", new ListTodosInput { Priority = TodoPriority.Low }, default));
        Assert.Equivalent(created, listed, strict: true);
        Assert.Equal(due.Offset, listed.DueDate?.Offset);

        Assert.True((await todos.CompleteAsync(created.Id, default))?.Completed);
        Assert.Equal([created.Id], await IdsOf(todos, new ListTodosInput { Completed = true }));
        Assert.Null(await todos.CompleteAsync("unknown", default));
    }

    private static async Task<IEnumerable<string>> IdsOf(TodoStore todos, ListTodosInput filter) =>
        (await todos.ListAsync("user1", filter, default)).Select(todo => todo.Id);

    private static ChatStore Chat(HostNode node) => node.Services.GetRequiredService<ChatStore>();

    private static TodoStore Todos(HostNode node) => node.Services.GetRequiredService<TodoStore>();
}
