namespace Pikku.Akka;

/// <summary>Passes an event on to the rest of the chain. Null drops it; several calls fan it out.</summary>
/// <param name="e">The event, the same or another one.</param>
public delegate ValueTask ChannelNext(ChannelEvent? e);

/// <summary>
/// Runs over everything that the application sends to a client: replies, the result of <c>onConnect</c>, messages of
/// <see cref="IPikkuChannel.Send{T}"/> and events of the hub. One that throws drops the event.
/// </summary>
/// <param name="services">The services of the connection.</param>
/// <param name="e">The event.</param>
/// <param name="next">Passes an event on.</param>
public delegate ValueTask PikkuChannelMiddleware(IServiceProvider services, ChannelEvent e, ChannelNext next);
