namespace Pikku.Akka;

/// <summary>
/// A topic that shows which connections are present, each with an info such as the name of its user. Its snapshot is the list of infos, and its events are
/// <see cref="PresenceEvent{TInfo}"/>. Declare it once, as a static value.
/// </summary>
/// <typeparam name="TInfo">The type of the info.</typeparam>
/// <param name="name">The name on the wire.</param>
public sealed class PresenceTopic<TInfo>(string name)
{
    /// <summary>The name on the wire.</summary>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
