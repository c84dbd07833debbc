using System.Text.Json.Serialization;

namespace Pikku.Akka.Host.Todos;

/// <summary>The priority of a todo.</summary>
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
