using System.Text.Json.Serialization;

namespace Pikku.Akka;

/// <summary>A change of a presence topic: one of the properties is set.</summary>
/// <typeparam name="TInfo">The type of the info.</typeparam>
public sealed record PresenceEvent<TInfo>
{
    /// <summary>The info of a connection that has joined.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public TInfo? Joined { get; init; }

    /// <summary>The new info of a connection that was present before.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public TInfo? Updated { get; init; }

    /// <summary>The last info of a connection that has left.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public TInfo? Left { get; init; }
}
