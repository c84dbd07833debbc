namespace Pikku.Akka;

/// <summary>A family of state topics: one for each key, with the names of <see cref="Topic{TKey, TEvent}"/>.</summary>
/// <typeparam name="TKey">The type of the key; see <see cref="Topic{TKey, TEvent}"/>.</typeparam>
/// <typeparam name="TValue">The type of the values.</typeparam>
/// <param name="template">The name on the wire with placeholders: <c>cursors:{boardId}</c>.</param>
public sealed class StateTopic<TKey, TValue>(string template)
{
    internal Topic<TKey, StateEvent<TValue>> Events { get; } = new(template);

    /// <summary>The state topic of a key.</summary>
    /// <inheritdoc cref="Topic{TKey, TEvent}.For"/>
    public StateTopic<TValue> For(TKey key) => new(Events.For(key).Name);

    /// <inheritdoc/>
    public override string ToString() => Events.Template;
}
