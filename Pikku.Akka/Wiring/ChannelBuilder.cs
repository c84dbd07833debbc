namespace Pikku.Akka;

/// <summary>Wires one channel.</summary>
public sealed class ChannelBuilder
{
    internal ChannelBuilder(string name, string place = "") => Definition = new ChannelDefinition(name) { Place = place };

    internal ChannelDefinition Definition { get; }

    /// <summary>The route, by default <c>/</c> and the name.</summary>
    /// <param name="route">A route pattern of ASP.NET Core, with parameters in braces: <c>/rooms/{roomId}</c>.</param>
    public ChannelBuilder Route(string route) => With(d => d.Route = route);

    /// <summary>Whether messages need a session, by default true. Actions may say otherwise for themselves.</summary>
    /// <param name="required">True when they do.</param>
    public ChannelBuilder Auth(bool required) => With(d => d.Auth = required);

    /// <summary>Tags; middleware and channel middleware may be added by them. The name of the channel is one of them.</summary>
    /// <param name="tags">The tags.</param>
    public ChannelBuilder Tags(params string[] tags) => With(d => d.Tags.AddRange(tags));

    /// <summary>The type of the path parameters and the query, bound and validated before the upgrade.</summary>
    /// <typeparam name="T">The type; its rules are those of any input.</typeparam>
    public ChannelBuilder OpeningData<T>() => With(d => d.OpeningData = typeof(T));

    /// <summary>Runs when a client has connected, before its first message. What it returns is sent, unwrapped.</summary>
    /// <param name="handler">A delegate, bound as that of a function; its input is the opening data.</param>
    /// <param name="middleware">Middleware around it.</param>
    public ChannelBuilder OnConnect(Delegate handler, params PikkuMiddleware[] middleware) =>
        OnConnect(PikkuFunction.Sessionless($"{Definition.Name}:onConnect", handler), middleware);

    /// <inheritdoc cref="OnConnect(Delegate, PikkuMiddleware[])"/>
    /// <param name="function">A function; its input is the opening data.</param>
    /// <param name="middleware">Middleware around it.</param>
    public ChannelBuilder OnConnect(PikkuFunction function, params PikkuMiddleware[] middleware) =>
        With(d => d.OnConnect = new ActionDefinition(function) { Middleware = middleware });

    /// <inheritdoc cref="OnConnect(PikkuFunction, PikkuMiddleware[])"/>
    /// <typeparam name="TFunction">A function class; its input is the opening data.</typeparam>
    public ChannelBuilder OnConnect<TFunction>(params PikkuMiddleware[] middleware) where TFunction : class =>
        OnConnect(PikkuFunction.Of<TFunction>(), middleware);

    /// <summary>Runs once for every <c>onConnect</c>, whatever ended the connection. What is sent then is dropped.</summary>
    /// <param name="handler">A delegate, bound as that of a function; its input is the opening data.</param>
    /// <param name="middleware">Middleware around it.</param>
    public ChannelBuilder OnDisconnect(Delegate handler, params PikkuMiddleware[] middleware) =>
        OnDisconnect(PikkuFunction.Sessionless($"{Definition.Name}:onDisconnect", handler), middleware);

    /// <inheritdoc cref="OnDisconnect(Delegate, PikkuMiddleware[])"/>
    /// <param name="function">A function; its input is the opening data.</param>
    /// <param name="middleware">Middleware around it.</param>
    public ChannelBuilder OnDisconnect(PikkuFunction function, params PikkuMiddleware[] middleware) =>
        With(d => d.OnDisconnect = new ActionDefinition(function) { Middleware = middleware });

    /// <inheritdoc cref="OnDisconnect(PikkuFunction, PikkuMiddleware[])"/>
    /// <typeparam name="TFunction">A function class; its input is the opening data.</typeparam>
    public ChannelBuilder OnDisconnect<TFunction>(params PikkuMiddleware[] middleware) where TFunction : class =>
        OnDisconnect(PikkuFunction.Of<TFunction>(), middleware);

    /// <summary>Wires the values of a routing key to functions. Keys are tried in the order in which they were wired.</summary>
    /// <param name="routingKey">The property of a message that names the action, usually <c>action</c>.</param>
    /// <param name="actions">Wires the values.</param>
    public ChannelBuilder OnMessage(string routingKey, Action<ActionsBuilder> actions)
    {
        ArgumentNullException.ThrowIfNull(actions);
        if (!Definition.Actions.TryGetValue(routingKey, out var values))
            Definition.Actions.Add(routingKey, values = []);
        actions(new ActionsBuilder(Definition.Name, routingKey, values));
        return this;
    }

    /// <summary>Handles the messages that match no action. A <see cref="string"/> input gets the raw text, any other the JSON.</summary>
    /// <param name="handler">A delegate, bound as that of a function.</param>
    /// <param name="auth">Whether it needs a session; by default what the channel says.</param>
    public ChannelBuilder OnMessage(Delegate handler, bool? auth = null) =>
        OnMessage(PikkuFunction.Sessionless($"{Definition.Name}:onMessage", handler), auth);

    /// <inheritdoc cref="OnMessage(Delegate, bool?)"/>
    /// <param name="function">A function.</param>
    /// <param name="auth">Whether it needs a session; by default what the channel says.</param>
    /// <param name="permissions">Permissions that a call needs, beside the function's own.</param>
    /// <param name="middleware">Middleware around it.</param>
    public ChannelBuilder OnMessage(
        PikkuFunction function, bool? auth = null, PikkuPermissions? permissions = null, params PikkuMiddleware[] middleware) =>
        With(d => d.OnMessage = ActionDefinition.Of(function, auth, permissions, middleware));

    /// <summary>Handles binary frames. A result that is not empty is sent back as one; errors are logged and counted, never sent.</summary>
    /// <param name="handler">A delegate, bound as that of a function; its input is <see cref="ReadOnlyMemory{T}"/> or an array of bytes.</param>
    /// <param name="auth">Whether it needs a session; by default what the channel says.</param>
    public ChannelBuilder OnBinaryMessage(Delegate handler, bool? auth = null) =>
        OnBinaryMessage(PikkuFunction.Sessionless($"{Definition.Name}:onBinaryMessage", handler), auth);

    /// <inheritdoc cref="OnBinaryMessage(Delegate, bool?)"/>
    /// <param name="function">A function; its input is <see cref="ReadOnlyMemory{T}"/> or an array of bytes.</param>
    /// <param name="auth">Whether it needs a session; by default what the channel says.</param>
    /// <param name="permissions">Permissions that a call needs, beside the function's own.</param>
    /// <param name="middleware">Middleware around it.</param>
    public ChannelBuilder OnBinaryMessage(
        PikkuFunction function, bool? auth = null, PikkuPermissions? permissions = null, params PikkuMiddleware[] middleware) =>
        With(d => d.OnBinaryMessage = ActionDefinition.Of(function, auth, permissions, middleware));

    /// <summary>
    /// Declares a topic whose events clients of this channel may get, for generated clients and documents. It subscribes nobody: that is for a
    /// function to do.
    /// </summary>
    /// <typeparam name="T">The type of its events.</typeparam>
    /// <param name="topic">The topic.</param>
    public ChannelBuilder Topic<T>(Topic<T> topic)
    {
        ArgumentNullException.ThrowIfNull(topic);
        return Topic<T>(topic.Name);
    }

    /// <summary>Declares a family of topics whose events clients of this channel may get; as <see cref="Topic{T}(Topic{T})"/>.</summary>
    /// <typeparam name="T">The type of their events.</typeparam>
    /// <param name="name">The name, with parts in braces that stand for any text: <c>room:{roomId}</c>.</param>
    public ChannelBuilder Topic<T>(string name) => With(d => d.Topics.Add(new TopicDeclaration(name, typeof(T))));

    /// <summary>
    /// Declares what clients of this channel may be sent by <see cref="IPikkuChannel.Send{T}"/>, beside replies, events and the result of
    /// <c>onConnect</c>, for generated clients and documents.
    /// </summary>
    /// <typeparam name="T">The type of the message.</typeparam>
    public ChannelBuilder Sends<T>() => With(d => d.Messages.Add(typeof(T)));

    /// <summary>
    /// Declares a function that clients of this channel may expose, to be called by <see cref="IPikkuChannel.Remote{TIn, TOut}"/>, for
    /// generated clients and documents.
    /// </summary>
    /// <typeparam name="TIn">What it is given; <see cref="None"/> for nothing.</typeparam>
    /// <typeparam name="TOut">What it answers; <see cref="None"/> for nothing.</typeparam>
    /// <param name="function">Its name.</param>
    public ChannelBuilder Remote<TIn, TOut>(string function) => With(d => d.Remotes.Add(new RemoteDeclaration(function, typeof(TIn), typeof(TOut))));

    /// <summary>Middleware around every function of this channel.</summary>
    /// <param name="middleware">The middleware, outermost first.</param>
    public ChannelBuilder Middleware(params PikkuMiddleware[] middleware) => With(d => d.Middleware.AddRange(middleware));

    /// <summary>Middleware over everything that is sent to a client of this channel.</summary>
    /// <param name="middleware">The middleware, in the order in which it runs.</param>
    public ChannelBuilder ChannelMiddleware(params PikkuChannelMiddleware[] middleware) =>
        With(d => d.ChannelMiddleware.AddRange(middleware));

    private ChannelBuilder With(Action<ChannelDefinition> change)
    {
        change(Definition);
        return this;
    }
}
