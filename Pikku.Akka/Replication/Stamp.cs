namespace Pikku.Akka.Replication;

/// <summary>
/// Orders the writes of one key on all nodes: the greater stamp wins (rule P11). The time is that of a hybrid clock: not below the clock of the writer, and above
/// everything that the writer knew.
/// </summary>
/// <param name="Time">Milliseconds since 1970 of the hybrid clock.</param>
/// <param name="Origin">The writer, which decides between equal times.</param>
/// <param name="Removal">
/// 1 for the removal of an entry whose owner is gone. It carries the stamp of the write that it removes, so it never removes a later one, and two nodes that
/// both remove the entry do the same.
/// </param>
internal readonly record struct Stamp(long Time, Origin Origin, byte Removal = 0) : IComparable<Stamp>
{
    public static bool operator <(Stamp left, Stamp right) => left.CompareTo(right) < 0;

    public static bool operator >(Stamp left, Stamp right) => left.CompareTo(right) > 0;

    public static bool operator <=(Stamp left, Stamp right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Stamp left, Stamp right) => left.CompareTo(right) >= 0;

    public int CompareTo(Stamp other)
    {
        var order = Time.CompareTo(other.Time);
        if (order == 0)
            order = Origin.Value.CompareTo(other.Origin.Value);
        return order != 0 ? order : Removal.CompareTo(other.Removal);
    }
}
