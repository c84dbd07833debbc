namespace Pikku.Akka.Replication;

/// <summary>The last write of one key.</summary>
/// <param name="Stamp">The stamp of the write.</param>
/// <param name="Value">The value as JSON; null for a key that was removed. The removal is remembered until no older write can arrive.</param>
/// <param name="Owner">The node whose end removes the entry; null for none.</param>
/// <param name="Time">When the write arrived, in milliseconds of the monotonic clock of this node; in a copy for another node, how long ago that was.</param>
internal sealed record KeyedEntry(Stamp Stamp, byte[]? Value, int? Owner, long Time)
{
    /// <summary>The memory of an entry without its key and value, in bytes: this object, its place in the table, and the objects of key and value.</summary>
    public const int Overhead = 208;

    /// <summary>
    /// The stamp of the last clear of the key that the writer knew; that of the write itself for a clear, and none for a topic whose keys are not cleared. It decides for a time
    /// before <see cref="Stamp"/>, so a value that was computed without knowledge of a clear loses against it, even if it was written later.
    /// </summary>
    public Stamp Base { get; init; }

    /// <summary>
    /// True when this write overrides another one of the same key. The order is total, so all nodes end with the same write. The later one wins, unless the earlier one
    /// knows a clear that the later one does not know and that is not too old.
    /// </summary>
    /// <remarks>
    /// A clear may not count for ever: nodes forget it, each at a time of its own, and a node that has forgotten it writes without it. The other nodes have to take that
    /// write over, too. So how long a clear counts follows from the stamps, which are the same everywhere, and it is much shorter than nodes remember it.
    /// </remarks>
    /// <param name="other">The other write.</param>
    /// <param name="clearsCountFor">How long after a clear a write has to know it, in milliseconds.</param>
    public bool Overrides(KeyedEntry other, long clearsCountFor)
    {
        var isLater = Stamp > other.Stamp;
        var (earlier, later) = isLater ? (other, this) : (this, other);
        return isLater == (later.Base >= earlier.Base || later.Stamp.Time - earlier.Base.Time > clearsCountFor);
    }

    /// <summary>The memory of an entry, in bytes.</summary>
    public static int SizeOf(string key, KeyedEntry entry) => SizeOf(key, entry.Value ?? []);

    /// <summary>The memory of an entry, in bytes.</summary>
    public static int SizeOf(string key, byte[] value) => Overhead + key.Length * sizeof(char) + value.Length;
}
