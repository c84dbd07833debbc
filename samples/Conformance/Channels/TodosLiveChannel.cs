using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Conformance.Todos;
using Pikku.Akka;

namespace Conformance.Channels;

/// <summary>A shared todo list. Subscribers see the todos that other users create and complete.</summary>
public static class TodosLiveChannel
{
    private static readonly Topic<TodoEvent> Created = new("todo-created");

    private static readonly Topic<TodoEvent> Completed = new("todo-completed");

    public static PikkuBuilder WireTodosLive(this PikkuBuilder pikku) => pikku.WireChannel("todos-live", channel =>
    {
        channel.AddTopic(Created);
        channel.AddTopic(Completed);
        channel.Route("/").OnConnect(() => new { connected = true });
        channel.MapAction<SignIn>("auth").AllowAnonymous();
        channel.MapAction("subscribe", [PikkuFunction(Name = "subscribeTodos")] async (TopicName input, IPikkuSession _, PikkuContext context) =>
        {
            await context.EventHub.SubscribeAsync(new Topic<JsonElement>(input.Topic));
            return new { subscribed = true, topic = input.Topic };
        });
        channel.MapAction("unsubscribe", [PikkuFunction(Name = "unsubscribeTodos")] async (TopicName input, IPikkuSession _, PikkuContext context) =>
        {
            await context.EventHub.UnsubscribeAsync(new Topic<JsonElement>(input.Topic));
            return new { unsubscribed = true, topic = input.Topic };
        });
        channel.MapAction<ListTodos>("list");
        channel.MapAction<CreateTodo>("create");
        channel.MapAction<CompleteTodo>("complete");
    });

    public sealed record TodoEvent(Todo Todo);

    public sealed record Credentials(string Username, string Password);

    public sealed record SignedIn(
        bool Authenticated,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? UserId = null);

    public sealed record TodoFilter(string? UserId = null, bool? Completed = null, TodoPriority? Priority = null, string? Tag = null);

    public sealed record TodoList(IReadOnlyList<Todo> Todos, int Total);

    public sealed record NewTodo(
        [property: Length(1, 200)] string Title,
        string? Description = null,
        TodoPriority Priority = TodoPriority.Medium,
        string? DueDate = null,
        IReadOnlyList<string>? Tags = null,
        string? UserId = null);

    public sealed record TodoReply(Todo Todo);

    public sealed record TodoId(string Id);

    public sealed record Completion(Todo? Todo, bool Success);

    internal sealed class SignIn : PikkuSessionlessFunc<Credentials, SignedIn>
    {
        public override async ValueTask<SignedIn> RunAsync(Credentials input, PikkuContext context, CancellationToken cancellationToken)
        {
            var user = input switch
            {
                { Username: "demo", Password: "test" } => "user1",
                { Username: "admin", Password: "password" } => "user2",
                _ => null,
            };
            if (user is null)
                return new SignedIn(false);

            await context.SetSessionAsync(new ConformanceSession(user));
            return new SignedIn(true, user);
        }
    }

    [PikkuFunction(ReadOnly = true)]
    internal sealed class ListTodos(TodoStore store) : PikkuFunc<TodoFilter, TodoList>
    {
        public override ValueTask<TodoList> RunAsync(TodoFilter input, PikkuContext context, CancellationToken cancellationToken)
        {
            var todos = store.Of(input.UserId ?? context.GetRequiredSession<ConformanceSession>().UserId)
                .Where(todo => input.Completed is not { } completed || todo.Completed == completed)
                .Where(todo => input.Priority is not { } priority || todo.Priority == priority)
                .Where(todo => input.Tag is not { } tag || todo.Tags.Contains(tag))
                .ToList();
            return ValueTask.FromResult(new TodoList(todos, todos.Count));
        }
    }

    internal sealed class CreateTodo(TodoStore store) : PikkuFunc<NewTodo, TodoReply>
    {
        public override async ValueTask<TodoReply> RunAsync(NewTodo input, PikkuContext context, CancellationToken cancellationToken)
        {
            var user = input.UserId ?? context.GetRequiredSession<ConformanceSession>().UserId;
            var todo = store.Add(id => new Todo(id, user, input.Title, Completed: false, input.Priority, input.Tags ?? [])
            {
                Description = input.Description,
                DueDate = input.DueDate,
            });
            await context.EventHub.PublishAsync(Created, new TodoEvent(todo));
            return new TodoReply(todo);
        }
    }

    internal sealed class CompleteTodo(TodoStore store) : PikkuFunc<TodoId, Completion>
    {
        public override async ValueTask<Completion> RunAsync(TodoId input, PikkuContext context, CancellationToken cancellationToken)
        {
            if (store.Complete(input.Id) is not { } todo)
                return new Completion(null, Success: false);

            await context.EventHub.PublishAsync(Completed, new TodoEvent(todo));
            return new Completion(todo, Success: true);
        }
    }
}
