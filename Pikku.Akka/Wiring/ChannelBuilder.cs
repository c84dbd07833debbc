namespace Pikku.Akka;

/// <summary>Wires one channel.</summary>
public sealed class ChannelBuilder
{
    internal ChannelBuilder(string name, string place = "") => Definition = new ChannelDefinition(name) { Place = place };

    internal ChannelDefinition Definition { get; }

    /// <summary>Sets the route; the default is <c>/</c> and the name.</summary>
    /// <param name="route">A route pattern of ASP.NET Core, with parameters in braces: <c>/rooms/{roomId}</c>.</param>
    public ChannelBuilder Route(string route) => With(d => d.Route = route);

    /// <summary>Lets clients without a session use the channel. An action can still require a session.</summary>
    public ChannelBuilder AllowAnonymous() => With(d => d.Auth = false);

    /// <summary>Requires a session for every message. This is the default; an action can lift it.</summary>
    public ChannelBuilder RequireSession() => With(d => d.Auth = true);

    /// <summary>Adds tags. Middleware and channel middleware can be added by tag. The name of the channel is always a tag.</summary>
    /// <param name="tags">The tags.</param>
    public ChannelBuilder WithTags(params string[] tags) => With(d => d.Tags.AddRange(tags));

    /// <summary>Sets the type of the path parameters and the query, which are bound and validated before the upgrade.</summary>
    /// <typeparam name="T">The type. It is validated like any input.</typeparam>
    public ChannelBuilder OpeningData<T>() => With(d => d.OpeningData = typeof(T));

    /// <summary>Sets the function that runs when a client has connected, before its first message. Its result is sent without an envelope.</summary>
    /// <param name="handler">A delegate with the parameters of a function; its input is the opening data.</param>
    /// <param name="middleware">Middleware around it.</param>
    public ChannelBuilder OnConnect(Delegate handler, params PikkuMiddleware[] middleware) =>
        OnConnect(FunctionDescriptor.FromSessionlessDelegate($"{Definition.Name}:onConnect", handler), middleware);

    /// <inheritdoc cref="OnConnect(Delegate, PikkuMiddleware[])"/>
    /// <param name="function">A function; its input is the opening data.</param>
    /// <param name="middleware">Middleware around it.</param>
    public ChannelBuilder OnConnect(FunctionDescriptor function, params PikkuMiddleware[] middleware) =>
        With(d => d.OnConnect = new ActionDefinition(function) { Middleware = middleware });

    /// <inheritdoc cref="OnConnect(FunctionDescriptor, PikkuMiddleware[])"/>
    /// <typeparam name="TFunction">A function class; its input is the opening data.</typeparam>
    public ChannelBuilder OnConnect<TFunction>(params PikkuMiddleware[] middleware) where TFunction : class =>
        OnConnect(FunctionDescriptor.FromClass<TFunction>(), middleware);

    /// <summary>Sets the function that runs once for every started <c>onConnect</c>, however the connection ended. Messages that it sends are dropped.</summary>
    /// <param name="handler">A delegate with the parameters of a function; its input is the opening data.</param>
    /// <param name="middleware">Middleware around it.</param>
    public ChannelBuilder OnDisconnect(Delegate handler, params PikkuMiddleware[] middleware) =>
        OnDisconnect(FunctionDescriptor.FromSessionlessDelegate($"{Definition.Name}:onDisconnect", handler), middleware);

    /// <inheritdoc cref="OnDisconnect(Delegate, PikkuMiddleware[])"/>
    /// <param name="function">A function; its input is the opening data.</param>
    /// <param name="middleware">Middleware around it.</param>
    public ChannelBuilder OnDisconnect(FunctionDescriptor function, params PikkuMiddleware[] middleware) =>
        With(d => d.OnDisconnect = new ActionDefinition(function) { Middleware = middleware });

    /// <inheritdoc cref="OnDisconnect(FunctionDescriptor, PikkuMiddleware[])"/>
    /// <typeparam name="TFunction">A function class; its input is the opening data.</typeparam>
    public ChannelBuilder OnDisconnect<TFunction>(params PikkuMiddleware[] middleware) where TFunction : class =>
        OnDisconnect(FunctionDescriptor.FromClass<TFunction>(), middleware);

    /// <summary>Wires the values of a routing key to functions. Keys are tried in the order of their wiring.</summary>
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

    /// <summary>Sets the handler of messages that match no action. A <see cref="string"/> input receives the raw text, any other type the parsed JSON.</summary>
    /// <param name="handler">A delegate with the parameters of a function.</param>
    /// <param name="auth">Whether it needs a session; by default the setting of the channel applies.</param>
    public ChannelBuilder OnMessage(Delegate handler, bool? auth = null) =>
        OnMessage(FunctionDescriptor.FromSessionlessDelegate($"{Definition.Name}:onMessage", handler), auth);

    /// <inheritdoc cref="OnMessage(Delegate, bool?)"/>
    /// <param name="function">A function.</param>
    /// <param name="auth">Whether it needs a session; by default the setting of the channel applies.</param>
    /// <param name="permissions">Permissions that a call needs in addition to those of the function.</param>
    /// <param name="middleware">Middleware around it.</param>
    public ChannelBuilder OnMessage(
        FunctionDescriptor function, bool? auth = null, PikkuPermissions? permissions = null, params PikkuMiddleware[] middleware) =>
        With(d => d.OnMessage = ActionDefinition.Of(function, auth, permissions, middleware));

    /// <summary>Sets the handler of binary messages. A non-empty result is sent back as a binary message; errors are logged and counted but not sent.</summary>
    /// <param name="handler">A delegate with the parameters of a function; its input is <see cref="ReadOnlyMemory{T}"/> or an array of bytes.</param>
    /// <param name="auth">Whether it needs a session; by default the setting of the channel applies.</param>
    public ChannelBuilder OnBinaryMessage(Delegate handler, bool? auth = null) =>
        OnBinaryMessage(FunctionDescriptor.FromSessionlessDelegate($"{Definition.Name}:onBinaryMessage", handler), auth);

    /// <inheritdoc cref="OnBinaryMessage(Delegate, bool?)"/>
    /// <param name="function">A function; its input is <see cref="ReadOnlyMemory{T}"/> or an array of bytes.</param>
    /// <param name="auth">Whether it needs a session; by default the setting of the channel applies.</param>
    /// <param name="permissions">Permissions that a call needs in addition to those of the function.</param>
    /// <param name="middleware">Middleware around it.</param>
    public ChannelBuilder OnBinaryMessage(
        FunctionDescriptor function, bool? auth = null, PikkuPermissions? permissions = null, params PikkuMiddleware[] middleware) =>
        With(d => d.OnBinaryMessage = ActionDefinition.Of(function, auth, permissions, middleware));

    /// <summary>
    /// Declares a topic whose events clients of this channel may receive, for generated clients and documents. It does not subscribe connections;
    /// a function does that.
    /// </summary>
    /// <typeparam name="T">The type of its events.</typeparam>
    /// <param name="topic">The topic.</param>
    public ChannelBuilder AddTopic<T>(Topic<T> topic)
    {
        ArgumentNullException.ThrowIfNull(topic);
        return AddTopic<T>(topic.Name);
    }

    /// <summary>Declares a family of topics whose events clients of this channel may receive, like <see cref="AddTopic{T}(Topic{T})"/>.</summary>
    /// <typeparam name="T">The type of the events.</typeparam>
    /// <param name="name">The name, with parts in braces that stand for any text: <c>room:{roomId}</c>.</param>
    public ChannelBuilder AddTopic<T>(string name) => With(d => d.Topics.Add(new TopicDeclaration(name, typeof(T))));

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

    /// <summary>Adds middleware around every function of this channel.</summary>
    /// <param name="middleware">The middleware, outermost first.</param>
    public ChannelBuilder UseMiddleware(params PikkuMiddleware[] middleware) => With(d => d.Middleware.AddRange(middleware));

    /// <summary>Adds middleware for everything that is sent to clients of this channel.</summary>
    /// <param name="middleware">The middleware, in execution order.</param>
    public ChannelBuilder UseChannelMiddleware(params PikkuChannelMiddlewareDelegate[] middleware) =>
        With(d => d.ChannelMiddleware.AddRange(middleware));

    private ChannelBuilder With(Action<ChannelDefinition> change)
    {
        change(Definition);
        return this;
    }
}
