namespace Pikku.Akka.Channels;

/// <summary>A presence topic that each connection of a channel joins after its <c>onConnect</c>.</summary>
/// <param name="NameOf">Returns the name of the topic for the opening data of the connection.</param>
/// <param name="Info">Returns the info about the connection.</param>
internal sealed record PresenceJoin(Func<object?, string> NameOf, PresenceInfo Info);
