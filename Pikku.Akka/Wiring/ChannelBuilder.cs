using System.Reflection;
using Microsoft.AspNetCore.Builder;

namespace Pikku.Akka;

/// <summary>Wires one channel: its route, gates, actions, handlers and what its clients may receive.</summary>
/// <remarks>
/// The gates apply to messages. Permissions also apply to the upgrade when there is a session by then: a connection that they refuse is answered with 403 and never
/// opened. Conventions of endpoints (<c>RequireAuthorization</c>, <c>RequireHost</c>, <c>RequireCors</c>, rate limits) apply to the upgrade request.
/// <see cref="GateBuilder{TSelf}.AllowAnonymous"/> also exempts the upgrade from a fallback policy of ASP.NET Core, but not from a <c>RequireAuthorization</c>.
/// </remarks>
public sealed class ChannelBuilder : GateBuilder<ChannelBuilder>, IEndpointConventionBuilder
{
    private const string ActionKey = "action"; // the routing key of Pikku's clients

    internal ChannelBuilder(string name, string place = "") : this(new ChannelDefinition(name) { Place = place })
    {
    }

    internal ChannelBuilder(ChannelDefinition definition) : base(definition.Gates) => Definition = definition;

    internal ChannelDefinition Definition { get; }

    /// <summary>Sets the route; the default is <c>/</c> and the name.</summary>
    /// <param name="route">A route pattern of ASP.NET Core, with parameters in braces: <c>/rooms/{roomId}</c>.</param>
    public ChannelBuilder Route(string route) => With(d => d.Route = route);

    /// <summary>Sets the route and the type of the opening data: the path parameters and the query, which are bound and validated before the upgrade.</summary>
    /// <typeparam name="TOpening">The type. It is validated like any input.</typeparam>
    /// <param name="route">A route pattern of ASP.NET Core, with parameters in braces: <c>/rooms/{roomId}</c>.</param>
    public ChannelBuilder Route<TOpening>(string route) => With(d => (d.Route, d.OpeningData) = (route, typeof(TOpening)));

    /// <summary>
    /// Lets each connection keep a yes of the permissions of this channel for a time, as long as its session does not change. Otherwise every action asks them. A no is
    /// never kept.
    /// </summary>
    /// <param name="lifetime">How long a yes is kept.</param>
    public ChannelBuilder CacheFor(TimeSpan lifetime) => With(d => d.PermissionLifetime = lifetime);

    /// <summary>Sets the function that runs when a client has connected, before its first message. Its result is sent without an envelope.</summary>
    /// <param name="handler">A delegate with the parameters of a function, among them the opening data.</param>
    public FunctionBuilder OnConnect(Delegate handler) => OnConnect(Named("onConnect", handler));

    /// <inheritdoc cref="OnConnect(Delegate)"/>
    /// <typeparam name="TFunction">A function class; its input is the opening data.</typeparam>
    public FunctionBuilder OnConnect<TFunction>() where TFunction : class => OnConnect(FunctionDescriptor.FromClass<TFunction>());

    internal FunctionBuilder OnConnect(FunctionDescriptor function) => new(Definition.OnConnect = new ActionDefinition(function));

    /// <summary>Sets the function that runs once for every started <c>onConnect</c>, however the connection ended. Messages that it sends are dropped.</summary>
    /// <param name="handler">A delegate with the parameters of a function, among them the opening data.</param>
    public FunctionBuilder OnDisconnect(Delegate handler) => OnDisconnect(Named("onDisconnect", handler));

    /// <inheritdoc cref="OnDisconnect(Delegate)"/>
    /// <typeparam name="TFunction">A function class; its input is the opening data.</typeparam>
    public FunctionBuilder OnDisconnect<TFunction>() where TFunction : class => OnDisconnect(FunctionDescriptor.FromClass<TFunction>());

    internal FunctionBuilder OnDisconnect(FunctionDescriptor function) => new(Definition.OnDisconnect = new ActionDefinition(function));

    /// <summary>Maps an action, which is a value of the property <c>action</c> of a message, to a delegate.</summary>
    /// <param name="name">The name of the action, compared ordinally and case-sensitively.</param>
    /// <param name="handler">The delegate; may be asynchronous.</param>
    public FunctionBuilder MapAction(string name, Delegate handler) => RoutingKey(ActionKey).MapAction(name, handler);

    /// <summary>Maps an action, which is a value of the property <c>action</c> of a message, to a function class.</summary>
    /// <typeparam name="TFunction">Derives from <see cref="PikkuFunc{TIn, TOut}"/>, <see cref="PikkuSessionlessFunc{TIn, TOut}"/> or their forms without a result.</typeparam>
    /// <param name="name">The name of the action, compared ordinally and case-sensitively.</param>
    public FunctionBuilder MapAction<TFunction>(string name) where TFunction : class => RoutingKey(ActionKey).MapAction<TFunction>(name);

    internal FunctionBuilder MapAction(string name, FunctionDescriptor function) => RoutingKey(ActionKey).MapAction(name, function);

    /// <summary>
    /// Maps the methods of a class that have <see cref="PikkuActionAttribute"/> to actions. Each call creates one object of the class, whose constructor receives
    /// services and the opening data. Set gates on one of the actions with <see cref="Action"/>.
    /// </summary>
    /// <typeparam name="TActions">The class.</typeparam>
    public ChannelBuilder MapActions<TActions>() where TActions : class
    {
        const BindingFlags all = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.FlattenHierarchy;
        var mapped = false;
        foreach (var method in typeof(TActions).GetMethods(all))
        {
            if (FunctionDescriptor.ActionOf(method) is not { } name)
                continue;
            mapped = true;
            MapAction(name, FunctionDescriptor.FromMethod($"{Definition.Name}:{ActionKey}:{name}", typeof(TActions), method));
        }

        if (!mapped)
            Definition.Problems.Add($"channel '{Definition.Name}' maps the actions of {typeof(TActions)}, which has none; put [PikkuAction] on its methods.");
        return this;
    }

    /// <summary>Sets gates and details of an action that was mapped before, usually by <see cref="MapActions{TActions}"/>.</summary>
    /// <param name="name">The name of the action.</param>
    public FunctionBuilder Action(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var actions = Definition.Actions.TryGetValue(ActionKey, out var values) ? values : [];
        if (actions.Find(action => action.Value == name).Action is { } known)
            return new FunctionBuilder(known);
        var names = actions.Count == 0 ? "it has none yet" : $"it has {string.Join(", ", actions.Select(action => $"'{action.Value}'"))}";
        Definition.Problems.Add($"channel '{Definition.Name}' configures the action '{name}', which is not mapped before ({names}); map it first, or correct the name.");
        return new FunctionBuilder(new ActionDefinition(FunctionDescriptor.FromDelegate(name, () => { })));
    }

    /// <summary>Returns the builder for the actions of another routing key. The keys of a channel are tried in the order in which they are first used.</summary>
    /// <param name="key">The property of a message that names the action.</param>
    public RoutingKeyBuilder RoutingKey(string key) => new(Definition, key);

    /// <summary>Sets the handler of messages that match no action. A delegate with one parameter of type <see cref="string"/> receives the raw text.</summary>
    /// <param name="handler">A delegate with the parameters of a function.</param>
    public FunctionBuilder OnMessage(Delegate handler) => OnMessage(Named("onMessage", handler));

    /// <inheritdoc cref="OnMessage(Delegate)"/>
    /// <typeparam name="TFunction">A function class. One with a <see cref="string"/> as input receives the raw text.</typeparam>
    public FunctionBuilder OnMessage<TFunction>() where TFunction : class => OnMessage(FunctionDescriptor.FromClass<TFunction>());

    internal FunctionBuilder OnMessage(FunctionDescriptor function) => new(Definition.OnMessage = new ActionDefinition(function));

    /// <summary>Sets the handler of binary messages. A non-empty result is sent back as a binary message; errors are logged and counted but not sent.</summary>
    /// <param name="handler">A delegate with the parameters of a function; its input is <see cref="ReadOnlyMemory{T}"/> or an array of bytes.</param>
    public FunctionBuilder OnBinaryMessage(Delegate handler) => OnBinaryMessage(Named("onBinaryMessage", handler));

    /// <inheritdoc cref="OnBinaryMessage(Delegate)"/>
    /// <typeparam name="TFunction">A function class; its input is <see cref="ReadOnlyMemory{T}"/> or an array of bytes.</typeparam>
    public FunctionBuilder OnBinaryMessage<TFunction>() where TFunction : class => OnBinaryMessage(FunctionDescriptor.FromClass<TFunction>());

    internal FunctionBuilder OnBinaryMessage(FunctionDescriptor function) => new(Definition.OnBinaryMessage = new ActionDefinition(function));

    /// <summary>
    /// Declares a topic whose events clients of this channel may receive. Functions subscribe connections to it; with <see cref="TopicBuilder.AllowSubscribe"/>
    /// clients also subscribe by themselves.
    /// </summary>
    /// <typeparam name="TEvent">The type of its events.</typeparam>
    /// <param name="topic">The topic.</param>
    public TopicBuilder AddTopic<TEvent>(Topic<TEvent> topic)
    {
        ArgumentNullException.ThrowIfNull(topic);
        return AddTopic(new TopicDeclaration<TEvent>(topic));
    }

    /// <summary>Declares a family of topics whose events clients of this channel may receive, like <see cref="AddTopic{TEvent}(Topic{TEvent})"/>.</summary>
    /// <typeparam name="TKey">The type of the key, which is the input of the permissions.</typeparam>
    /// <typeparam name="TEvent">The type of the events.</typeparam>
    /// <param name="topic">The family.</param>
    public TopicBuilder AddTopic<TKey, TEvent>(Topic<TKey, TEvent> topic)
    {
        ArgumentNullException.ThrowIfNull(topic);
        return AddTopic(new TopicDeclaration<TKey, TEvent>(topic));
    }

    /// <summary>Declares a presence topic, which shows the clients of this channel who is there.</summary>
    /// <typeparam name="TInfo">The type of the info about a connection.</typeparam>
    /// <param name="topic">The topic.</param>
    public PresenceBuilder AddPresence<TInfo>(PresenceTopic<TInfo> topic)
    {
        ArgumentNullException.ThrowIfNull(topic);
        return new PresenceBuilder(AddKeyed(new TopicDeclaration<PresenceEvent<TInfo>>(new Topic<PresenceEvent<TInfo>>(topic.Name)), new KeyedDeclaration(typeof(TInfo), IsState: false)));
    }

    /// <inheritdoc cref="AddPresence{TInfo}(PresenceTopic{TInfo})"/>
    /// <typeparam name="TKey">The type of the key, which is the input of the permissions.</typeparam>
    /// <typeparam name="TInfo">The type of the info about a connection.</typeparam>
    /// <param name="topic">The family.</param>
    public PresenceBuilder AddPresence<TKey, TInfo>(PresenceTopic<TKey, TInfo> topic)
    {
        ArgumentNullException.ThrowIfNull(topic);
        return new PresenceBuilder(AddKeyed(new TopicDeclaration<TKey, PresenceEvent<TInfo>>(topic.Events), new KeyedDeclaration(typeof(TInfo), IsState: false)));
    }

    /// <summary>Declares a state topic, which shows the clients of this channel the last value of each entry (<see cref="IPikkuState"/>).</summary>
    /// <typeparam name="TValue">The type of the values.</typeparam>
    /// <param name="topic">The topic.</param>
    public StateBuilder AddState<TValue>(StateTopic<TValue> topic)
    {
        ArgumentNullException.ThrowIfNull(topic);
        return new StateBuilder(AddKeyed(new TopicDeclaration<StateEvent<TValue>>(new Topic<StateEvent<TValue>>(topic.Name)), new KeyedDeclaration(typeof(TValue), IsState: true)));
    }

    /// <inheritdoc cref="AddState{TValue}(StateTopic{TValue})"/>
    /// <typeparam name="TKey">The type of the key of the topic, which is the input of the permissions.</typeparam>
    /// <typeparam name="TValue">The type of the values.</typeparam>
    /// <param name="topic">The family.</param>
    public StateBuilder AddState<TKey, TValue>(StateTopic<TKey, TValue> topic)
    {
        ArgumentNullException.ThrowIfNull(topic);
        return new StateBuilder(AddKeyed(new TopicDeclaration<TKey, StateEvent<TValue>>(topic.Events), new KeyedDeclaration(typeof(TValue), IsState: true)));
    }

    /// <summary>
    /// Declares a message that <see cref="IPikkuChannel.TrySend{T}"/> may send to clients of this channel, in addition to replies, events and the
    /// result of <c>onConnect</c>, for generated clients and documents. On the subprotocol <c>pikku.v1</c> its messages carry the name of the type, so that
    /// clients tell several types apart; strings, bytes and JSON of any form have no name.
    /// </summary>
    /// <typeparam name="T">The type of the message.</typeparam>
    public ChannelBuilder AddClientMessage<T>() => With(d => d.Messages.Add(MessageDeclaration.Of(typeof(T))));

    /// <summary>Declares a message like <see cref="AddClientMessage{T}()"/>, with a name of its own.</summary>
    /// <typeparam name="T">The type of the message.</typeparam>
    /// <param name="name">The name that its messages carry on <c>pikku.v1</c>.</param>
    public ChannelBuilder AddClientMessage<T>(string name) => With(d => d.Messages.Add(MessageDeclaration.Of(typeof(T), name)));

    /// <summary>
    /// Declares a function that clients of this channel may expose and the server may call with <see cref="IPikkuChannel.InvokeAsync{TIn, TOut}"/>, for
    /// generated clients and documents.
    /// </summary>
    /// <typeparam name="TInput">The type of its argument; <see cref="NoData"/> without one.</typeparam>
    /// <typeparam name="TOutput">The type of its result; <see cref="NoData"/> without one.</typeparam>
    /// <param name="function">The function.</param>
    public ChannelBuilder AddClientFunction<TInput, TOutput>(ClientFunction<TInput, TOutput> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return With(d => d.Remotes.Add(new RemoteDeclaration(function.Name, typeof(TInput), typeof(TOutput))));
    }

    /// <summary>Adds middleware for everything that is sent to clients of this channel.</summary>
    /// <param name="middleware">The middleware, in execution order.</param>
    public ChannelBuilder UseChannelMiddleware(params PikkuChannelMiddlewareDelegate[] middleware) =>
        With(d => d.ChannelMiddleware.AddRange(middleware));

    private TopicDeclaration AddKeyed(TopicDeclaration topic, KeyedDeclaration keyed)
    {
        // A client that was away for a short time resumes. For a longer time the entries are less than their changes.
        const int MaxEvents = 100;
        topic.Keyed = keyed;
        topic.History = new HistoryDeclaration(MaxEvents, null);
        Definition.Topics.Add(topic);
        return topic;
    }

    private TopicBuilder AddTopic(TopicDeclaration topic)
    {
        Definition.Topics.Add(topic);
        return new TopicBuilder(topic);
    }

    void IEndpointConventionBuilder.Add(Action<EndpointBuilder> convention) => Definition.Conventions.Add(convention);

    void IEndpointConventionBuilder.Finally(Action<EndpointBuilder> finallyConvention) => Definition.FinalConventions.Add(finallyConvention);

    private FunctionDescriptor Named(string handler, Delegate code) => FunctionDescriptor.FromDelegate($"{Definition.Name}:{handler}", code);

    private ChannelBuilder With(Action<ChannelDefinition> change)
    {
        change(Definition);
        return this;
    }
}
