using System.Text.Json.Serialization;

namespace Pikku.Akka;

/// <summary>A change of a presence topic: one of the properties beside the connection is set.</summary>
/// <typeparam name="TInfo">The type of the info.</typeparam>
/// <param name="ChannelId">The connection, <see cref="IPikkuChannel.Id"/>. Clients receive it as <c>key</c>.</param>
public sealed record PresenceEvent<TInfo>([property: JsonPropertyName("key")] string ChannelId)
{
    /// <summary>The info of a connection that has joined.</summary>
    [JsonPropertyName("joined")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public TInfo? Joined { get; init; }

    /// <summary>The new info of a connection that was present before.</summary>
    [JsonPropertyName("updated")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public TInfo? Updated { get; init; }

    /// <summary>The last info of a connection that has left.</summary>
    [JsonPropertyName("left")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public TInfo? Left { get; init; }
}
