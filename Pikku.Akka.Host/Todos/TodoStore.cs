using Microsoft.EntityFrameworkCore;
using Pikku.Akka.Host.Data;
using static Pikku.Akka.Host.Todos.TodosProtocol;

namespace Pikku.Akka.Host.Todos;

/// <summary>Keeps the todos in the database. Thread-safe.</summary>
internal sealed class TodoStore(IDbContextFactory<HostData> database, TimeProvider clock)
{
    // More than a demo needs. The oldest todos are removed beyond it, so that clients cannot fill the disk.
    private const int Capacity = 1000;

    // Each removal needs a query, so it follows many todos.
    private const int TodosPerRemoval = 50;

    private int _added;

    /// <summary>Adds a todo. It is committed when the task completes.</summary>
    public async Task<Todo> AddAsync(CreateTodoInput input, string userId, CancellationToken cancellationToken)
    {
        var todo = new Todo(Guid.CreateVersion7(clock.GetUtcNow()).ToString("n"), userId, input.Title, input.Priority, input.Tags)
        {
            Description = input.Description,
            DueDate = input.DueDate,
        };
        await using var data = await database.CreateDbContextAsync(cancellationToken);
        data.Todos.Add(todo);
        await data.SaveChangesAsync(cancellationToken);
        if (Interlocked.Increment(ref _added) % TodosPerRemoval == 0)
            await data.RemoveOldestAsync<Todo>(Capacity, cancellationToken);
        return todo;
    }

    /// <summary>Marks a todo as completed. It is committed when the task completes.</summary>
    /// <returns>The completed todo; null if there is none with this id.</returns>
    public async Task<Todo?> CompleteAsync(string id, CancellationToken cancellationToken)
    {
        await using var data = await database.CreateDbContextAsync(cancellationToken);
        var changed = await data.Todos.Where(todo => todo.Id == id)
            .ExecuteUpdateAsync(set => set.SetProperty(todo => todo.Completed, true), cancellationToken);
        return changed == 0 ? null : await data.Todos.AsNoTracking().FirstOrDefaultAsync(todo => todo.Id == id, cancellationToken);
    }

    /// <summary>Returns the todos of a user that match the filter, oldest first.</summary>
    public async Task<IReadOnlyList<Todo>> ListAsync(string userId, ListTodosInput filter, CancellationToken cancellationToken)
    {
        await using var data = await database.CreateDbContextAsync(cancellationToken);
        var todos = data.Todos.AsNoTracking().Where(todo => todo.UserId == userId);
        if (filter.Completed is { } completed)
            todos = todos.Where(todo => todo.Completed == completed);
        if (filter.Priority is { } priority)
            todos = todos.Where(todo => todo.Priority == priority);
        if (filter.Tag is { } tag)
            todos = todos.Where(todo => todo.Tags.Contains(tag));
        return await todos.OrderBy(todo => EF.Property<long>(todo, HostData.Number)).ToListAsync(cancellationToken);
    }
}
