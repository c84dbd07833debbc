namespace Pikku.Akka;

/// <summary>A topic of the event hub with the type of its events. Declare each topic once, as a static value.</summary>
/// <remarks>
/// A topic has one type: the type that a channel declares or, while the topic has subscribers, the type of the first subscription. Another type
/// causes an <see cref="EventHubException"/>. <see cref="object"/>, <see cref="System.Text.Json.JsonElement"/> and the other general JSON types are
/// compatible with every type, but their events must be readable as the type that the subscribers expect. A null event is allowed only for nullable
/// value types and general JSON types, because the nullability of a reference type is not known at run time.
/// </remarks>
/// <typeparam name="TEvent">The type of the events.</typeparam>
/// <param name="name">The name on the wire, any text that is not blank, such as <c>chat:message</c>.</param>
public sealed class Topic<TEvent>(string name)
{
    /// <summary>The name on the wire.</summary>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
