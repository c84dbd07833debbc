using Pikku.Akka.Contracts.Types;

namespace Pikku.Akka.Contracts;

/// <summary>A channel from the point of view of clients.</summary>
internal sealed record ChannelContract
{
    public required string Name { get; init; }

    /// <summary>The route, with parameters as in ASP.NET Core.</summary>
    public required string Route { get; init; }

    /// <summary>True if each topic that clients may subscribe to is also an event stream.</summary>
    public required bool HasEventStreams { get; init; }

    public required IReadOnlyList<string> Tags { get; init; }

    /// <summary>The type of path parameters and query; null if there are none.</summary>
    public required TypeUse? Opening { get; init; }

    /// <summary>The routing keys, in the order in which they are tried.</summary>
    public required IReadOnlyList<RoutingKeyContract> Keys { get; init; }

    /// <summary>The default handler, which receives messages that match no action; null if there is none.</summary>
    public required ActionContract? Fallback { get; init; }

    /// <summary>True if the default handler receives the unparsed text of a message.</summary>
    public required bool IsFallbackText { get; init; }

    /// <summary>The handler of binary frames; null if there is none.</summary>
    public required ActionContract? Binary { get; init; }

    public required IReadOnlyList<TopicContract> Topics { get; init; }

    /// <summary>Messages that belong to no topic. The result of <c>onConnect</c> is first, if there is one.</summary>
    public required IReadOnlyList<MessageContract> Messages { get; init; }

    /// <summary>Functions that clients may expose.</summary>
    public required IReadOnlyList<RemoteContract> Remotes { get; init; }
}

/// <summary>A routing key and the actions that its values name.</summary>
internal sealed record RoutingKeyContract(string Key, IReadOnlyList<ActionContract> Actions);

/// <summary>An action or handler that a client may send a message to.</summary>
/// <param name="Name">The value of the routing key; empty for handlers that are not named by a value.</param>
/// <param name="Function">The function that handles the message.</param>
/// <param name="NeedsSession">True if the wiring or the function requires a session.</param>
/// <param name="NeedsPermission">True if a permission may refuse the call.</param>
/// <param name="Input">The type of the input; null if there is none.</param>
/// <param name="MayOmitInput">True if the input is optional.</param>
/// <param name="Output">The type of the result, or of the items of a stream; null if the reply is an acknowledgement without data.</param>
internal sealed record ActionContract(string Name, FunctionDescriptor Function, bool NeedsSession, bool NeedsPermission, TypeUse? Input, bool MayOmitInput, TypeUse? Output)
{
    /// <summary>True if the reply is a stream of items, whose type is <see cref="Output"/>.</summary>
    public bool IsStream { get; init; }
}

/// <summary>A topic or a topic family.</summary>
/// <param name="Name">The name. In that of a family, each part in braces matches any text.</param>
/// <param name="Payload">The type of the events; for presence and state the type of one entry, which the events carry (see <see cref="Kind"/>).</param>
internal sealed record TopicContract(string Name, TypeUse Payload)
{
    /// <summary>The subscription that clients make by themselves, with the key of a family as its input; null if the topic is closed to clients.</summary>
    public ActionContract? Subscription { get; init; }

    /// <summary>What the events of the topic say, and so what clients make of them.</summary>
    public TopicKind Kind { get; init; }

    /// <summary>How much of the past the server keeps for clients that were away; null if it keeps nothing.</summary>
    public HistoryDeclaration? History { get; init; }

    /// <summary>The type of the state that a client receives before the events; null if the topic has none.</summary>
    public TypeUse? Snapshot { get; init; }

    /// <summary>True if clients may subscribe to the topic by themselves.</summary>
    public bool IsSubscribable => Subscription is not null;

    /// <summary>The type of the key of a subscribable family: an object whose properties are the placeholders, or the type of the only
    /// placeholder. Null for other topics.</summary>
    public TypeUse? Key => Subscription?.Input;
}

/// <summary>A message that belongs to no topic.</summary>
/// <param name="Name">
/// The name in its envelope on <c>pikku.v1</c>, <c>{"message":…,"data":…}</c>; null for the result of <c>onConnect</c>, text, bytes and JSON of any form, which have no envelope.
/// </param>
/// <param name="Type">Its type.</param>
internal sealed record MessageContract(string? Name, TypeUse Type);

/// <summary>A function of the client.</summary>
/// <param name="Name">The name under which clients expose it.</param>
/// <param name="Input">The type that the server sends; null if it sends no argument.</param>
/// <param name="Output">The type that the client answers with; null if it answers without a result.</param>
internal sealed record RemoteContract(string Name, TypeUse? Input, TypeUse? Output);
