namespace Pikku.Akka;

/// <summary>
/// Sets who may subscribe to a topic or to a family of topics. The input of the permissions is the key; a single topic has no key, so its permissions use no
/// input. Without <see cref="GateBuilder{TSelf}.RequireSession"/> or <see cref="GateBuilder{TSelf}.AllowAnonymous"/>, the setting of the channel applies.
/// </summary>
public sealed class TopicBuilder : GateBuilder<TopicBuilder>
{
    private readonly TopicDeclaration _topic;

    internal TopicBuilder(TopicDeclaration topic)
        : base(topic.Gates) => _topic = topic;

    /// <summary>
    /// Lets clients of the channel subscribe by themselves (<c>pikku-subscribe</c>). Without it, the topic does not exist for them. The gates are checked before
    /// the subscription is made, and again when the session of the connection changes.
    /// </summary>
    public TopicBuilder AllowSubscribe()
    {
        _topic.AllowsSubscribe = true;
        return this;
    }
}
