namespace Pikku.Akka;

/// <summary>Passes a message on to the rest of the chain. Null drops the message; several calls send several messages.</summary>
/// <param name="e">The message, the same or another one.</param>
public delegate ValueTask OutboundNext(OutboundMessage? e);

/// <summary>
/// Processes everything that the application sends to a client: replies, the result of <c>onConnect</c>, messages of
/// <see cref="IPikkuChannel.TrySend{T}"/> and events of the hub. An exception drops the message.
/// </summary>
/// <param name="services">The services of the connection.</param>
/// <param name="e">The message.</param>
/// <param name="next">Passes a message on.</param>
public delegate ValueTask PikkuChannelMiddlewareDelegate(IServiceProvider services, OutboundMessage e, OutboundNext next);
