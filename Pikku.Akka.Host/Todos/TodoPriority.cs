using System.Text.Json.Serialization;

namespace Pikku.Akka.Host.Todos;

/// <summary>How soon a todo wants to be done.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TodoPriority>))]
internal enum TodoPriority
{
    [JsonStringEnumMemberName("low")]
    Low,

    [JsonStringEnumMemberName("medium")]
    Medium,

    [JsonStringEnumMemberName("high")]
    High,
}
