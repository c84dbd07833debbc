namespace Pikku.Akka;

/// <summary>A topic of the event hub and the type of its events. Declare each once, as a static value.</summary>
/// <remarks>
/// A topic has one type, that of its declaration by a channel or, while it has subscribers, that of the first of them; another one is an
/// <see cref="EventHubException"/>. <see cref="object"/>, <see cref="System.Text.Json.JsonElement"/> and other JSON of whatever kind go with every
/// type, but what is published as one of them must be readable as the type that the subscribers expect. Null is an event of nullable value types
/// and of JSON of whatever kind alone: references can't say at run time whether null is meant.
/// </remarks>
/// <typeparam name="T">The type of the events.</typeparam>
/// <param name="Name">The name on the wire, any text that is not blank, such as <c>chat:message</c>.</param>
public sealed record Topic<T>(string Name)
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}
