using System.Globalization;

namespace Conformance.Todos;

/// <summary>Keeps todos for the life of the process, in the order in which they were made.</summary>
public sealed class TodoStore
{
    private readonly Lock _gate = new();
    private readonly OrderedDictionary<string, Todo> _todos = [];

    public TodoStore()
    {
        Add(id => new Todo(id, "user1", "Learn Pikku", Completed: false, TodoPriority.High, ["learning", "pikku"]));
        Add(id => new Todo(id, "user1", "Build a todo app", Completed: false, TodoPriority.Medium, ["project", "pikku"]));
    }

    /// <summary>Keeps a new todo.</summary>
    /// <param name="create">Makes it, with the id that it gets.</param>
    public Todo Add(Func<string, Todo> create)
    {
        lock (_gate)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"todo{_todos.Count + 1}");
            return _todos[id] = create(id);
        }
    }

    /// <summary>Completes a todo; null when there is none with this id.</summary>
    public Todo? Complete(string id)
    {
        lock (_gate)
            return _todos.TryGetValue(id, out var todo) ? _todos[id] = todo with { Completed = true } : null;
    }

    /// <summary>The todos of a user.</summary>
    public IReadOnlyList<Todo> Of(string userId)
    {
        lock (_gate)
            return [.. _todos.Values.Where(todo => todo.UserId == userId)];
    }
}
