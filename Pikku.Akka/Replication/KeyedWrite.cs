namespace Pikku.Akka.Replication;

/// <summary>The write of one key that an event of a keyed topic carries.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The value as JSON; null for a removal.</param>
/// <param name="Owner">The node whose end removes the entry; null when the entry outlives its node.</param>
internal sealed record KeyedWrite(string Key, byte[]? Value, int? Owner)
{
    /// <summary>Decides between the writes of a key. The lane of the publisher sets it, unless it is the removal of an entry without an owner.</summary>
    public Stamp Stamp { get; set; }

    /// <summary>See <see cref="KeyedEntry.Base"/>. The lane of the publisher sets that of a clear.</summary>
    public Stamp Base { get; set; }

    /// <summary>True on the node of the publisher for a removal that also overrides every write that does not know it, whatever its stamp.</summary>
    public bool IsClear { get; init; }
}
