using static Pikku.Akka.Host.Todos.TodosProtocol;

namespace Pikku.Akka.Host.Todos;

/// <summary>The todos of this node, in memory: a stand-in for the application's database. Any thread may use it.</summary>
internal sealed class TodoStore
{
    // More than a demonstration needs; beyond it the oldest are forgotten, so that no client fills the memory.
    private const int Capacity = 1000;

    private readonly Lock _gate = new();
    private readonly OrderedDictionary<string, Todo> _todos = new(StringComparer.Ordinal)
    {
        ["todo1"] = new Todo("todo1", "user1", "Learn Pikku", TodoPriority.High, ["learning"]),
        ["todo2"] = new Todo("todo2", "user1", "Build a todo app", TodoPriority.Medium, ["project"]),
    };

    public Todo Add(CreateTodoInput input, string userId)
    {
        var todo = new Todo(Guid.CreateVersion7().ToString("n"), userId, input.Title, input.Priority, input.Tags)
        {
            Description = input.Description,
            DueDate = input.DueDate,
        };
        lock (_gate)
        {
            if (_todos.Count == Capacity)
                _todos.RemoveAt(0);
            _todos.Add(todo.Id, todo);
        }

        return todo;
    }

    /// <summary>Marks a todo as done.</summary>
    /// <returns>The todo as it is now; null when there is none.</returns>
    public Todo? Complete(string id)
    {
        lock (_gate)
            return _todos.TryGetValue(id, out var todo) ? _todos[id] = todo with { Completed = true } : null;
    }

    /// <summary>The todos of a user that match, oldest first.</summary>
    public IReadOnlyList<Todo> List(string userId, ListTodosInput filter)
    {
        lock (_gate)
            return [.. _todos.Values.Where(todo => todo.UserId == userId
                && (filter.Completed is not { } completed || todo.Completed == completed)
                && (filter.Priority is not { } priority || todo.Priority == priority)
                && (filter.Tag is not { } tag || todo.Tags.Contains(tag)))];
    }
}
