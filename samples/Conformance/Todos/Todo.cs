using System.Text.Json.Serialization;

namespace Conformance.Todos;

/// <summary>A todo.</summary>
public sealed record Todo(string Id, string UserId, string Title, bool Completed, TodoPriority Priority, IReadOnlyList<string> Tags)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Description { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? DueDate { get; init; }
}
