namespace Pikku.Akka;

/// <summary>Maps the values of one routing key to functions.</summary>
public sealed class RoutingKeyBuilder
{
    private readonly ChannelDefinition _channel;
    private readonly string _key;

    internal RoutingKeyBuilder(ChannelDefinition channel, string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        (_channel, _key) = (channel, key);
        // A routing key is tried from here on, in the order of the wiring.
        if (!channel.Actions.ContainsKey(key))
            channel.Actions.Add(key, []);
    }

    /// <summary>Maps a value to a delegate, which is a function that is named after channel, key and value unless <see cref="PikkuFunctionAttribute"/> says otherwise.</summary>
    /// <param name="value">The value, compared ordinally and case-sensitively.</param>
    /// <param name="handler">The delegate; may be asynchronous.</param>
    public FunctionBuilder MapAction(string value, Delegate handler) =>
        MapAction(value, FunctionDescriptor.FromDelegate($"{_channel.Name}:{_key}:{value}", handler));

    /// <summary>Maps a value to a function class.</summary>
    /// <typeparam name="TFunction">Derives from <see cref="PikkuFunc{TIn, TOut}"/>, <see cref="PikkuSessionlessFunc{TIn, TOut}"/> or their forms without a result.</typeparam>
    /// <param name="value">The value, compared ordinally and case-sensitively.</param>
    public FunctionBuilder MapAction<TFunction>(string value) where TFunction : class => MapAction(value, FunctionDescriptor.FromClass<TFunction>());

    internal FunctionBuilder MapAction(string value, FunctionDescriptor function)
    {
        ArgumentNullException.ThrowIfNull(value);
        var action = new ActionDefinition(function);
        _channel.Actions[_key].Add((value, action));
        return new FunctionBuilder(action);
    }
}
