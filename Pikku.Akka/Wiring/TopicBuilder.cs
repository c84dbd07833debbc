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

    /// <summary>
    /// Keeps the last events on every node of the cluster, so that a client that was away gets what it missed, on any node (rule P4). All topics of a node share the
    /// memory of <c>pikku.history.max-memory</c>; the oldest events go first. What is no longer kept is reported to the client, never skipped.
    /// </summary>
    /// <param name="maxEvents">The maximum number of events of one topic, from 1.</param>
    /// <param name="maxAge">The maximum age of an event; null for <c>pikku.history.max-age</c>.</param>
    public TopicBuilder WithHistory(int maxEvents, TimeSpan? maxAge = null)
    {
        _topic.History = new HistoryDeclaration(maxEvents, maxAge);
        return this;
    }

    /// <summary>
    /// Sets the function that loads the state of a topic. A client that subscribes without a position, or whose position is lost, receives the state with the reply
    /// (rule P9), and then every event that was published after the load began. An event may already be contained in the state.
    /// </summary>
    /// <param name="snapshot">
    /// A delegate with the parameters of any function: services, the session, the key of the topic as its data. It must read what is committed when it is called,
    /// and publishers must commit before they publish.
    /// </param>
    public TopicBuilder WithSnapshot(Delegate snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        _topic.Snapshot = FunctionDescriptor.FromDelegate($"{_topic.Name}:snapshot", snapshot);
        return this;
    }

    /// <summary>Sets the function that loads the state of a topic, like <see cref="WithSnapshot(Delegate)"/>.</summary>
    /// <typeparam name="TFunction">Derives from <see cref="PikkuFunc{TIn, TOut}"/> or <see cref="PikkuSessionlessFunc{TIn, TOut}"/>.</typeparam>
    public TopicBuilder WithSnapshot<TFunction>() where TFunction : class
    {
        _topic.Snapshot = FunctionDescriptor.FromClass<TFunction>();
        return this;
    }
}
