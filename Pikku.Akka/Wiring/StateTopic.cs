namespace Pikku.Akka;

/// <summary>
/// A topic that holds the last value of each entry on all nodes, such as the cursors on a board. Its snapshot is an object with all entries, and its events are
/// <see cref="StateEvent{TValue}"/>. Of concurrent writes of one entry one wins on all nodes. Declare it once, as a static value.
/// </summary>
/// <typeparam name="TValue">The type of the values.</typeparam>
/// <param name="name">The name on the wire.</param>
public sealed class StateTopic<TValue>(string name)
{
    /// <summary>The name on the wire.</summary>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
