namespace Pikku.Akka;

/// <summary>
/// A family of topics: one topic for each key, such as <c>board:7</c> for the template <c>board:{boardId}</c>. Declare each family once, as a static value.
/// </summary>
/// <remarks>
/// Each placeholder is a whole part of the name, between <c>:</c> or <c>/</c>, and names a property of the key. The text of a value is that of its JSON: a
/// number as a number, an enumeration as its attributes say. Separators, <c>%</c>, braces and control characters in a value are escaped, so that no key
/// names the topic of another key. A client may subscribe to <c>board:7</c> but not to <c>board:007</c>: each topic has one name.
/// </remarks>
/// <typeparam name="TKey">
/// A record whose properties are the placeholders, or, for one placeholder, a simple type such as <see cref="string"/> or <see cref="int"/>. What a client
/// sends is validated like any input.
/// </typeparam>
/// <typeparam name="TEvent">The type of the events.</typeparam>
/// <param name="template">The name on the wire with placeholders: <c>board:{boardId}</c>. An invalid template stops the start of an application that wires it.</param>
public sealed class Topic<TKey, TEvent>(string template)
{
    private TopicKey<TKey>? _key;

    /// <summary>The template.</summary>
    public string Template { get; } = template;

    internal TopicKey<TKey> Key => _key ??= new TopicKey<TKey>(Template);

    /// <summary>The topic of a key.</summary>
    /// <param name="key">The key.</param>
    /// <exception cref="ArgumentException">A value of the key is null or has an empty text.</exception>
    /// <exception cref="InvalidOperationException">The template is invalid; the message names the fix.</exception>
    public Topic<TEvent> For(TKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new Topic<TEvent>(Key.Format(key));
    }

    /// <inheritdoc/>
    public override string ToString() => Template;
}
