namespace Pikku.Clients;

/// <summary>A handler of a topic that the client subscribes to.</summary>
/// <param name="Event">Receives the events.</param>
/// <param name="Options">Receives what happens to the subscription.</param>
/// <param name="Lost">Called if events may be missing, because the connection was lost or the route has closed.</param>
internal sealed record PikkuSubscriber(Action<JsonElement> Event, PikkuSubscriptionOptions Options, Action<Exception>? Lost);
