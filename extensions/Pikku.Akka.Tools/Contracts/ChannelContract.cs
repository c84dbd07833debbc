using Pikku.Akka.Contracts.Types;

namespace Pikku.Akka.Contracts;

/// <summary>A channel, as clients see it.</summary>
internal sealed record ChannelContract
{
    public required string Name { get; init; }

    /// <summary>The route, with parameters as in ASP.NET Core.</summary>
    public required string Route { get; init; }

    public required IReadOnlyList<string> Tags { get; init; }

    /// <summary>Path parameters and query; null for none.</summary>
    public required TypeUse? Opening { get; init; }

    /// <summary>The routing keys, in the order in which they are tried.</summary>
    public required IReadOnlyList<RoutingKeyContract> Keys { get; init; }

    /// <summary>Gets what matches no action; null when there is none.</summary>
    public required ActionContract? Fallback { get; init; }

    /// <summary>True when the fallback gets the text of a message as it came, JSON or not.</summary>
    public required bool IsFallbackText { get; init; }

    /// <summary>Gets binary frames; null when there is none.</summary>
    public required ActionContract? Binary { get; init; }

    public required IReadOnlyList<TopicContract> Topics { get; init; }

    /// <summary>What is sent outside of any topic: the result of <c>onConnect</c> first, if there is one.</summary>
    public required IReadOnlyList<TypeUse> Messages { get; init; }

    /// <summary>Functions that clients may expose.</summary>
    public required IReadOnlyList<RemoteContract> Remotes { get; init; }
}

/// <summary>A routing key and what its values name.</summary>
internal sealed record RoutingKeyContract(string Key, IReadOnlyList<ActionContract> Actions);

/// <summary>Something that a client may send.</summary>
/// <param name="Name">The value of the routing key; empty for handlers that no value names.</param>
/// <param name="Function">The function that handles it.</param>
/// <param name="NeedsSession">True when it is refused without a session, by its wiring or by its function.</param>
/// <param name="Input">What is sent; null for nothing.</param>
/// <param name="MayOmitInput">True when nothing may be sent instead.</param>
/// <param name="Output">What comes back; null for an acknowledgement.</param>
internal sealed record ActionContract(string Name, PikkuFunction Function, bool NeedsSession, TypeUse? Input, bool MayOmitInput, TypeUse? Output);

/// <summary>A topic, or a family of them: parts of the name in braces stand for any text.</summary>
internal sealed record TopicContract(string Name, TypeUse Payload);

/// <summary>A function of the client; null stands for nothing.</summary>
/// <param name="Name">The name under which clients expose it.</param>
/// <param name="Input">What the server sends: an output of its.</param>
/// <param name="Output">What the client answers: an input of the server's.</param>
internal sealed record RemoteContract(string Name, TypeUse? Input, TypeUse? Output);
