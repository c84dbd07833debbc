using System.Text.Json;
using Akka.Util;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.EventHub;

/// <summary>
/// The type of the events of a topic, as a subscriber or a publisher uses it. A topic has one type for as long as it has subscribers. Untyped JSON such as
/// <see cref="JsonElement"/> is compatible with every type: a subscriber with untyped JSON receives all events, and an event that is published as untyped
/// JSON has to be readable as the type of the topic.
/// </summary>
internal abstract class TopicType
{
    private protected TopicType(Type type)
    {
        IsAny = ScalarTypes.IsUntyped(type);
        IsBinary = BinaryValue.IsBinary(type);
        Name = NameOf(type);
        Id = IsAny ? 0 : MurmurHash.StringHash(Name) is not 0 and var id ? id : 1;
        MayBeNull = IsAny || Nullable.GetUnderlyingType(type) is not null;
    }

    /// <summary>True for an untyped payload, see <see cref="ScalarTypes.IsUntyped"/>.</summary>
    public bool IsAny { get; }

    /// <summary>True for bytes. All types of bytes count as the same type.</summary>
    public bool IsBinary { get; }

    /// <summary>The name of the type in errors.</summary>
    public string Name { get; }

    /// <summary>The id of the type, which is the same on every node; 0 for an untyped payload.</summary>
    public int Id { get; }

    /// <summary>True when null is a valid event. For reference types nullability is unknown at run time, and generated clients do not expect null, so it is not.</summary>
    public bool MayBeNull { get; }

    /// <summary>True when this is the topic type of a type, or an equivalent one.</summary>
    public bool IsOf(Type type) => NameOf(type) == Name;

    public bool IsSame(TopicType other) => IsAny || other.IsAny || Id == other.Id;

    /// <summary>True when an event of this node may be delivered to subscribers that expect this type.</summary>
    public bool Accepts(HubEvent hubEvent) => hubEvent.TypeId == Id || IsAny || (hubEvent.TypeId == 0 && CanRead(hubEvent));

    /// <summary>
    /// True when an event of another node may be delivered to subscribers that expect this type. Another version of the application may have a different
    /// name for the same type, so an event with a different type id is accepted if it can be read.
    /// </summary>
    public bool AcceptsRemote(HubEvent hubEvent) => hubEvent.TypeId == Id || IsAny || CanRead(hubEvent);

    /// <summary>The exception for a publisher or a subscriber whose type conflicts with the type of the topic.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="second">The type that the call uses.</param>
    /// <param name="first">The type of the topic.</param>
    public static EventHubException Conflict(string topic, TopicType? second, TopicType first) => new(
        EventHubErrorReason.TypeMismatch,
        second is null or { IsAny: true }
            ? $"The topic '{topic}' has subscribers that expect {first.Name}, and the event can't be read as that type."
            : $"The topic '{topic}' has events of type {first.Name}, and this call uses it with {second.Name}. Declare each topic once, as a static value.");

    private static string NameOf(Type type) => BinaryValue.IsBinary(type) ? "bytes" : type.ToString();

    protected abstract bool CanRead(HubEvent hubEvent);
}
