using static Pikku.Akka.Host.Todos.TodosProtocol;

namespace Pikku.Akka.Host.Todos;

/// <summary>Keeps the todos of this node in memory, in place of a database. Thread-safe.</summary>
internal sealed class TodoStore
{
    // More than a demo needs. The oldest todos are removed beyond it, so that clients cannot fill the memory.
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

    /// <summary>Marks a todo as completed.</summary>
    /// <returns>The completed todo; null if there is none with this id.</returns>
    public Todo? Complete(string id)
    {
        lock (_gate)
            return _todos.TryGetValue(id, out var todo) ? _todos[id] = todo with { Completed = true } : null;
    }

    /// <summary>Returns the todos of a user that match the filter, oldest first.</summary>
    public IReadOnlyList<Todo> List(string userId, ListTodosInput filter)
    {
        lock (_gate)
            return [.. _todos.Values.Where(todo => todo.UserId == userId
                && (filter.Completed is not { } completed || todo.Completed == completed)
                && (filter.Priority is not { } priority || todo.Priority == priority)
                && (filter.Tag is not { } tag || todo.Tags.Contains(tag)))];
    }
}
