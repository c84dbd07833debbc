namespace Pikku.Akka;

/// <summary>Wires the values of one routing key to functions.</summary>
public sealed class ActionsBuilder
{
    private readonly string _channel;
    private readonly string _key;
    private readonly List<(string Value, ActionDefinition Action)> _actions;

    internal ActionsBuilder(string channel, string key, List<(string, ActionDefinition)> actions) =>
        (_channel, _key, _actions) = (channel, key, actions);

    /// <summary>Wires a value to a function.</summary>
    /// <param name="value">The value, compared ordinally and case-sensitively.</param>
    /// <param name="function">The function.</param>
    /// <param name="auth">Whether the action needs a session; by default the setting of the channel applies.</param>
    /// <param name="permissions">Permissions that a call needs in addition to those of the function.</param>
    /// <param name="middleware">Middleware around the function for this action only.</param>
    public ActionsBuilder On(
        string value, FunctionDescriptor function, bool? auth = null, PikkuPermissions? permissions = null, params PikkuMiddleware[] middleware)
    {
        ArgumentNullException.ThrowIfNull(function);
        _actions.Add((value, ActionDefinition.Of(function, auth, permissions, middleware)));
        return this;
    }

    /// <summary>Wires a value to a function class.</summary>
    /// <typeparam name="TFunction">The class.</typeparam>
    /// <inheritdoc cref="On(string, FunctionDescriptor, bool?, PikkuPermissions?, PikkuMiddleware[])"/>
    public ActionsBuilder On<TFunction>(
        string value, bool? auth = null, PikkuPermissions? permissions = null, params PikkuMiddleware[] middleware)
        where TFunction : class =>
        On(value, FunctionDescriptor.FromClass<TFunction>(), auth, permissions, middleware);

    /// <summary>Wires a value to a delegate: a sessionless function that is used only here and named after channel, key and value.</summary>
    /// <param name="value">The value, compared ordinally and case-sensitively.</param>
    /// <param name="handler">The delegate.</param>
    /// <param name="auth">Whether the action needs a session; by default the setting of the channel applies.</param>
    /// <param name="permissions">Permissions that a call needs.</param>
    /// <param name="middleware">Middleware around it.</param>
    public ActionsBuilder On(
        string value, Delegate handler, bool? auth = null, PikkuPermissions? permissions = null, params PikkuMiddleware[] middleware) =>
        On(value, FunctionDescriptor.FromSessionlessDelegate($"{_channel}:{_key}:{value}", handler), auth, permissions, middleware);
}
