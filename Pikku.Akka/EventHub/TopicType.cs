using System.Text.Json;
using System.Text.Json.Nodes;
using Akka.Util;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.EventHub;

/// <summary>
/// The type of the events of a topic, as whoever subscribes or publishes names it. A topic has one type as long as it has subscribers. JSON
/// that is passed on as it is, such as <see cref="JsonElement"/>, goes with every type: as a subscriber it takes all events, and what is
/// published as it has to be readable as the type of the topic.
/// </summary>
internal abstract class TopicType
{
    private protected TopicType(Type type)
    {
        IsAny = IsAnyJson(type);
        IsBinary = BinaryValue.IsBinary(type);
        Name = NameOf(type);
        Id = IsAny ? 0 : MurmurHash.StringHash(Name) is not 0 and var id ? id : 1;
        MayBeNull = IsAny || Nullable.GetUnderlyingType(type) is not null;
    }

    /// <summary>True for JSON of whatever kind.</summary>
    public bool IsAny { get; }

    /// <summary>True for bytes; all types of them are one.</summary>
    public bool IsBinary { get; }

    /// <summary>What it is called in errors.</summary>
    public string Name { get; }

    /// <summary>The same on every node; 0 for JSON of whatever kind.</summary>
    public int Id { get; }

    /// <summary>True when null is a value of it. References can't say so at run time, and clients are generated as if they never were.</summary>
    public bool MayBeNull { get; }

    /// <summary>True for a type that stands for JSON of whatever kind.</summary>
    public static bool IsAnyJson(Type type) =>
        type == typeof(object) || type == typeof(JsonElement) || type == typeof(JsonDocument) || type == typeof(NoData) || typeof(JsonNode).IsAssignableFrom(type);

    /// <summary>True when this is the topic type of a type, or one that is the same to a topic.</summary>
    public bool IsOf(Type type) => NameOf(type) == Name;

    public bool IsSame(TopicType other) => IsAny || other.IsAny || Id == other.Id;

    /// <summary>True when an event of this node may go to subscribers that expect this type.</summary>
    public bool Takes(HubEvent hubEvent) => hubEvent.TypeId == Id || IsAny || (hubEvent.TypeId == 0 && CanRead(hubEvent));

    /// <summary>
    /// True when an event of another node may go to subscribers that expect this type. Another version of the application may call the same
    /// type by another name, so what counts is whether the event can be read.
    /// </summary>
    public bool TakesRemote(HubEvent hubEvent) => hubEvent.TypeId == Id || IsAny || CanRead(hubEvent);

    /// <summary>What whoever comes second is told.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="second">The type that it named.</param>
    /// <param name="first">The type that the topic has.</param>
    public static EventHubException Conflict(string topic, TopicType? second, TopicType first) => new(
        EventHubErrorReason.TypeMismatch,
        second is null or { IsAny: true }
            ? $"The topic '{topic}' has subscribers that expect {first.Name}, and the event can't be read as one."
            : $"The topic '{topic}' has events of type {first.Name}, and is used here with {second.Name}. Declare each topic once, as a static value.");

    private static string NameOf(Type type) => BinaryValue.IsBinary(type) ? "bytes" : type.ToString();

    protected abstract bool CanRead(HubEvent hubEvent);
}
