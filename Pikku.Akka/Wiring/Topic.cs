namespace Pikku.Akka;

/// <summary>A topic of the event hub and the type of its events. Declare each once, as a static value.</summary>
/// <typeparam name="T">The type of the events.</typeparam>
/// <param name="Name">The name on the wire, any text that is not blank, such as <c>chat:message</c>.</param>
public sealed record Topic<T>(string Name)
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}
