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

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        // The ids are UUIDs of version 7, so their order is the order of creation.
        modelBuilder.Entity<ChatMessage>().HasKey(message => message.Id);
        modelBuilder.Entity<Todo>(todo =>
        {
            todo.HasKey(it => it.Id);
            todo.HasIndex(it => it.UserId);
            todo.Property(it => it.Priority).HasConversion<string>();
            // Text keeps the offset that the client has sent. The time types of the databases do not.
            todo.Property(it => it.DueDate).HasConversion(
                date => date!.Value.ToString("O", CultureInfo.InvariantCulture),
                text => DateTimeOffset.ParseExact(text, "O", CultureInfo.InvariantCulture));
            todo.HasData(
                new Todo("todo1", "user1", "Learn Pikku", TodoPriority.High, ["learning"]),
                new Todo("todo2", "user1", "Build a todo app", TodoPriority.Medium, ["project"]));
        });
    }
}
