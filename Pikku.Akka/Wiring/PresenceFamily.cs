namespace Pikku.Akka;

/// <summary>A family of presence topics: one for each key, with the names of <see cref="Topic{TKey, TEvent}"/>.</summary>
/// <typeparam name="TKey">The type of the key; see <see cref="Topic{TKey, TEvent}"/>.</typeparam>
/// <typeparam name="TInfo">The type of the info.</typeparam>
/// <param name="template">The name on the wire with placeholders: <c>board:{boardId}:viewers</c>.</param>
public sealed class PresenceTopic<TKey, TInfo>(string template)
{
    internal Topic<TKey, PresenceEvent<TInfo>> Events { get; } = new(template);

    /// <summary>The presence topic of a key.</summary>
    /// <inheritdoc cref="Topic{TKey, TEvent}.For"/>
    public PresenceTopic<TInfo> For(TKey key) => new(Events.For(key).Name);

    /// <inheritdoc/>
    public override string ToString() => Events.Template;
}
