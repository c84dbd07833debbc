using System.Text.Json.Serialization;

namespace Conformance.Todos;

/// <summary>How urgent something is.</summary>
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
