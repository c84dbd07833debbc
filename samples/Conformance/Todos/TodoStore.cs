using System.Globalization;

namespace Conformance.Todos;

/// <summary>Keeps todos until the process ends, in the order of their creation.</summary>
public sealed class TodoStore
{
    private readonly Lock _gate = new();
    private readonly OrderedDictionary<string, Todo> _todos = [];

    public TodoStore()
    {
        Add(id => new Todo(id, "user1", "Learn Pikku", Completed: false, TodoPriority.High, ["learning", "pikku"]));
        Add(id => new Todo(id, "user1", "Build a todo app", Completed: false, TodoPriority.Medium, ["project", "pikku"]));
    }

    /// <summary>Adds a todo.</summary>
    /// <param name="create">Creates the todo with its id.</param>
    public Todo Add(Func<string, Todo> create)
    {
        lock (_gate)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"todo{_todos.Count + 1}");
            return _todos[id] = create(id);
        }
    }

    /// <summary>Completes a todo; returns null if there is none with this id.</summary>
    public Todo? Complete(string id)
    {
        lock (_gate)
            return _todos.TryGetValue(id, out var todo) ? _todos[id] = todo with { Completed = true } : null;
    }

    /// <summary>Returns the todos of a user.</summary>
    public IReadOnlyList<Todo> Of(string userId)
    {
        lock (_gate)
            return [.. _todos.Values.Where(todo => todo.UserId == userId)];
    }
}
