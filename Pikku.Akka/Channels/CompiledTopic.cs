using Pikku.Akka.EventHub;
using Pikku.Akka.Functions;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

/// <summary>A topic, or a family of topics, that clients of a channel may subscribe to by themselves. Created once at startup.</summary>
internal sealed class CompiledTopic
{
    /// <summary>The name, or the template of a family.</summary>
    public required string Name { get; init; }

    /// <summary>The template of a family; null for a single topic.</summary>
    public required TopicTemplate? Template { get; init; }

    /// <summary>The type of the events.</summary>
    public required TopicType Type { get; init; }

    /// <summary>The gates and the middleware of a subscribe.</summary>
    public required BoundAction Action { get; init; }

    /// <summary>Loads the state of the topic for clients that keep positions; null for a topic without a snapshot.</summary>
    public CompiledSnapshot? Snapshot { get; init; }

    /// <summary>What a presence or state topic holds; null for any other topic.</summary>
    public KeyedDeclaration? Keyed { get; init; }

    /// <summary>Returns the info with which a client joins that has subscribed; null when it does not join.</summary>
    public PresenceInfo? JoinOnSubscribe { get; init; }

    /// <summary>Decides whether a client may subscribe.</summary>
    public required TopicRunner Runner { get; init; }
}
