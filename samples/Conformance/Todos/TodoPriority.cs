using System.Text.Json.Serialization;

namespace Conformance.Todos;

/// <summary>The priority of a todo.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TodoPriority>))]
public enum TodoPriority
{
    [JsonStringEnumMemberName("low")]
    Low,

    [JsonStringEnumMemberName("medium")]
    Medium,

    [JsonStringEnumMemberName("high")]
    High,
}
