namespace Pikku.Akka.Replication;

/// <summary>The last write of one key.</summary>
/// <param name="Stamp">The stamp of the write.</param>
/// <param name="Value">The value as JSON; null for a key that was removed. The removal is remembered until no older write can arrive.</param>
/// <param name="Owner">The node whose end removes the entry; null for none.</param>
/// <param name="Time">When the write arrived, in milliseconds of the monotonic clock of this node.</param>
internal sealed record KeyedEntry(Stamp Stamp, byte[]? Value, int? Owner, long Time)
{
    /// <summary>The memory of an entry without its key and value, in bytes: this object, its place in the table, and the objects of key and value.</summary>
    public const int Overhead = 184;
}
