namespace Pikku.Akka.Cluster;

/// <summary>Reads the members of a message.</summary>
internal delegate T ReadMembers<out T>(ref WireReader input);

/// <summary>One kind of message between nodes: its code, its members, and how they are written and read.</summary>
/// <param name="code">Identifies the kind in messages. A code is never reused for a different kind.</param>
/// <param name="name">The name in logs and in <c>docs/node-wire.md</c>.</param>
/// <param name="type">The type of the message.</param>
/// <param name="members">The members, each as name and type, for example <c>channelId text</c>; a member that a later minor version added contains that version, for example <c>mark text since 1</c>.</param>
internal abstract class WireKind(ushort code, string name, Type type, params string[] members)
{
    public ushort Code { get; } = code;

    public string Name { get; } = name;

    public Type Type { get; } = type;

    public IReadOnlyList<string> Members { get; } = members;

    public abstract void Write(WireWriter output, object message);

    public abstract object Read(ref WireReader input);
}

/// <inheritdoc/>
/// <param name="code">See <see cref="WireKind"/>.</param>
/// <param name="name">See <see cref="WireKind"/>.</param>
/// <param name="write">Writes the members in order.</param>
/// <param name="read">Reads the members in order.</param>
/// <param name="members">See <see cref="WireKind"/>.</param>
internal sealed class WireKind<T>(ushort code, string name, Action<WireWriter, T> write, ReadMembers<T> read, params string[] members)
    : WireKind(code, name, typeof(T), members)
    where T : notnull
{
    public override void Write(WireWriter output, object message) => write(output, (T)message);

    public override object Read(ref WireReader input) => read(ref input);
}
