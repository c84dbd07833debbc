namespace Pikku.Akka;

/// <summary>
/// Wires Pikku's realtime feature: a channel whose clients subscribe to topics with the actions <c>subscribe</c> and <c>unsubscribe</c>, and an event stream
/// (Server-Sent Events) for each topic. Its gates apply to all of its topics.
/// </summary>
public sealed class EventsBuilder : GateBuilder<EventsBuilder>
{
    private readonly ChannelBuilder _channel;

    internal EventsBuilder(ChannelBuilder channel)
        : base(channel.Definition.Gates) => _channel = channel;

    /// <summary>Sets the route; the default is <c>/</c> and the name. The event stream of a topic is at the route, <c>/</c> and the percent-encoded topic.</summary>
    /// <param name="route">A route pattern of ASP.NET Core.</param>
    public EventsBuilder Route(string route)
    {
        _channel.Route(route);
        return this;
    }

    /// <summary>Adds a topic that clients may subscribe to. Set who may do that on the result.</summary>
    /// <typeparam name="TEvent">The type of the events.</typeparam>
    /// <param name="topic">The topic.</param>
    public TopicBuilder AddTopic<TEvent>(Topic<TEvent> topic) => _channel.AddTopic(topic).AllowSubscribe();

    /// <summary>Adds a family of topics that clients may subscribe to. Set who may do that on the result.</summary>
    /// <typeparam name="TKey">The type of the key; see <see cref="Topic{TKey, TEvent}"/>.</typeparam>
    /// <typeparam name="TEvent">The type of the events.</typeparam>
    /// <param name="topic">The family.</param>
    public TopicBuilder AddTopic<TKey, TEvent>(Topic<TKey, TEvent> topic) => _channel.AddTopic(topic).AllowSubscribe();

    /// <summary>Adds middleware for everything that is sent to the clients.</summary>
    /// <param name="middleware">The middleware, in execution order.</param>
    public EventsBuilder UseChannelMiddleware(params PikkuChannelMiddlewareDelegate[] middleware)
    {
        _channel.UseChannelMiddleware(middleware);
        return this;
    }
}
