namespace Pikku.Akka;

/// <summary>Sets who may subscribe to a state topic, and how long its entries live. The input of the permissions is the key of the topic.</summary>
public sealed class StateBuilder : GateBuilder<StateBuilder>
{
    private readonly TopicDeclaration _topic;

    internal StateBuilder(TopicDeclaration topic)
        : base(topic.Gates) => _topic = topic;

    /// <inheritdoc cref="TopicBuilder.AllowSubscribe"/>
    public StateBuilder AllowSubscribe()
    {
        _topic.AllowsSubscribe = true;
        return this;
    }

    /// <summary>Removes entries that were not written for a time.</summary>
    /// <param name="lifetime">The time, above zero.</param>
    public StateBuilder WithEntryLifetime(TimeSpan lifetime)
    {
        _topic.Keyed!.EntryLifetime = lifetime;
        return this;
    }
}
