using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Pikku.Akka.Host.Chat;
using Pikku.Akka.Host.Todos;

namespace Pikku.Akka.Host.Data;

/// <summary>The data of the chat and of the todos. Each database has a context of its own, because the migrations of one do not fit another.</summary>
internal abstract class HostData(DbContextOptions options) : DbContext(options)
{
    public DbSet<ChatMessage> Messages => Set<ChatMessage>();

    public DbSet<Todo> Todos => Set<Todo>();

    /// <summary>The name of the column with the order of creation. Times and the ids, which begin with a time, are the same within a millisecond.</summary>
    public const string Number = "Number";

    /// <summary>Removes the oldest rows of a table, so that clients cannot fill the disk.</summary>
    /// <param name="capacity">The number of rows that stay.</param>
    /// <param name="cancellationToken">Ends the removal.</param>
    public async Task RemoveOldestAsync<TRow>(int capacity, CancellationToken cancellationToken) where TRow : class
    {
        var newest = await Set<TRow>().Select(row => EF.Property<long>(row, Number)).OrderDescending().Skip(capacity).FirstOrDefaultAsync(cancellationToken);
        if (newest != 0)
            await Set<TRow>().Where(row => EF.Property<long>(row, Number) <= newest).ExecuteDeleteAsync(cancellationToken);
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<ChatMessage>(message =>
        {
            message.Property<long>(Number).ValueGeneratedOnAdd();
            message.HasKey(Number);
            message.HasIndex(it => it.Id).IsUnique();
        });
        modelBuilder.Entity<Todo>(todo =>
        {
            todo.Property<long>(Number).ValueGeneratedOnAdd();
            todo.HasKey(Number);
            todo.HasIndex(it => it.Id).IsUnique();
            todo.HasIndex(it => it.UserId);
            todo.Property(it => it.Priority).HasConversion<string>();
            // Text keeps the offset that the client has sent. The time types of the databases do not.
            todo.Property(it => it.DueDate).HasConversion(
                date => date!.Value.ToString("O", CultureInfo.InvariantCulture),
                text => DateTimeOffset.ParseExact(text, "O", CultureInfo.InvariantCulture));
            // The database counts from 1.
            todo.HasData(
                new { Number = -2L, Id = "todo1", UserId = "user1", Title = "Learn Pikku", Priority = TodoPriority.High, Tags = (IReadOnlyList<string>)["learning"], Completed = false },
                new { Number = -1L, Id = "todo2", UserId = "user1", Title = "Build a todo app", Priority = TodoPriority.Medium, Tags = (IReadOnlyList<string>)["project"], Completed = false });
        });
    }
}
