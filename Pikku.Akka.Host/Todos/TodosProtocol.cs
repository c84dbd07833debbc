using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Pikku.Akka.Host.Todos;

/// <summary>The messages between the todos channel and its clients.</summary>
internal static class TodosProtocol
{
    public static Topic<TodoChanged> Created { get; } = new("todo-created");

    public static Topic<TodoChanged> Completed { get; } = new("todo-completed");

    internal sealed record Connected([property: JsonPropertyName("connected")] bool IsConnected);

    internal sealed record LoginInput
    {
        public required string Username { get; init; }

        public required string Password { get; init; }
    }

    internal sealed record LoginOutput(
        bool Authenticated, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? UserId = null);

    internal sealed record ListTodosInput
    {
        /// <summary>The owner of the todos; by default the session's user.</summary>
        public string? UserId { get; init; }

        public bool? Completed { get; init; }

        public TodoPriority? Priority { get; init; }

        public string? Tag { get; init; }
    }

    internal sealed record ListTodosOutput(IReadOnlyList<Todo> Todos, int Total);

    internal sealed record CreateTodoInput
    {
        [StringLength(200, MinimumLength = 1)]
        public required string Title { get; init; }

        [StringLength(2000)]
        public string? Description { get; init; }

        public TodoPriority Priority { get; init; } = TodoPriority.Medium;

        public DateTimeOffset? DueDate { get; init; }

        [MaxLength(20)]
        public IReadOnlyList<string> Tags { get; init; } = [];

        /// <summary>The owner of the todo; by default the session's user.</summary>
        public string? UserId { get; init; }
    }

    internal sealed record CreateTodoOutput(Todo Todo);

    internal sealed record CompleteTodoInput
    {
        public required string Id { get; init; }
    }

    internal sealed record CompleteTodoOutput(Todo? Todo, bool Success);

    internal sealed record TodoChanged(Todo Todo);
}
