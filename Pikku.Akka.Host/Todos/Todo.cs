using System.Text.Json.Serialization;

namespace Pikku.Akka.Host.Todos;

/// <summary>A todo.</summary>
internal sealed record Todo(string Id, string UserId, string Title, TodoPriority Priority, IReadOnlyList<string> Tags)
{
    public bool Completed { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Description { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? DueDate { get; init; }
}
