namespace Pikku.Akka;

/// <summary>Sets who may subscribe to a presence topic, and when connections join it. The input of the permissions is the key.</summary>
public sealed class PresenceBuilder : GateBuilder<PresenceBuilder>
{
    private readonly TopicDeclaration _topic;

    internal PresenceBuilder(TopicDeclaration topic)
        : base(topic.Gates) => _topic = topic;

    /// <inheritdoc cref="TopicBuilder.AllowSubscribe"/>
    public PresenceBuilder AllowSubscribe()
    {
        _topic.AllowsSubscribe = true;
        return this;
    }

    /// <summary>Makes each client join that has subscribed, until it unsubscribes or its connection ends.</summary>
    /// <param name="info">A delegate that returns the info; null for a client that does not join. Its parameters are services, the session, and the key of the topic as its data.</param>
    public PresenceBuilder JoinOnSubscribe(Delegate info)
    {
        ArgumentNullException.ThrowIfNull(info);
        _topic.Keyed!.JoinOnSubscribe = FunctionDescriptor.FromDelegate($"{_topic.Name}:join", info);
        return this;
    }

    /// <summary>
    /// Makes each connection of the channel join after its <c>onConnect</c>, until it ends. The key of the topic is the opening data of the channel.
    /// </summary>
    /// <param name="info"><inheritdoc cref="JoinOnSubscribe"/></param>
    public PresenceBuilder JoinOnConnect(Delegate info)
    {
        ArgumentNullException.ThrowIfNull(info);
        _topic.Keyed!.JoinOnConnect = FunctionDescriptor.FromDelegate($"{_topic.Name}:join", info);
        return this;
    }
}
