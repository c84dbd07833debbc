using System.Buffers.Binary;
using System.Text;

namespace Pikku.Akka.Cluster;

/// <summary>
/// Reads the members of a message between nodes in order. Bytes after the last known member belong to a later minor version and are not read. If
/// <see cref="IsAtEnd"/> shows that an older node has written the message, a member that a later minor version added has its default value.
/// </summary>
/// <param name="members">The members.</param>
internal ref struct WireReader(ReadOnlySpan<byte> members)
{
    private const int BitsOfNumber = 31; // lengths and counts are not negative
    private const int MoreFollows = 1 << 7; // in a byte of a number

    private static readonly UTF8Encoding s_text = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private ReadOnlySpan<byte> _rest = members;

    /// <summary>True when the message has no further member.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>The number of bytes that are not read yet.</summary>
    public readonly int Left => _rest.Length;

    /// <exception cref="InvalidDataException">The message is cut off; so for all that follow.</exception>
    public byte Byte() => Take(1)[0];

    public bool Bool() => Byte() != 0;

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(sizeof(ushort)));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

    public int Number()
    {
        var number = 0L;
        for (var shift = 0; shift < BitsOfNumber; shift += 7)
        {
            var next = Byte();
            number |= (long)(next & 0x7F) << shift;
            if ((next & MoreFollows) == 0)
                return number <= int.MaxValue ? (int)number : throw Invalid("A number is out of range.");
        }

        throw Invalid("A number is out of range.");
    }

    public string Text()
    {
        try
        {
            return s_text.GetString(Bytes());
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidDataException("A text of another node is not valid UTF-8.", e);
        }
    }

    /// <summary>Reads a text that is often the same as another one, and returns that one then, so that no copy is made.</summary>
    /// <param name="likely">The other text; null for none.</param>
    public string Text(string? likely)
    {
        var before = this;
        // Only texts of ASCII are compared; any other text is read as usual.
        if (likely is not null && Ascii.Equals(Bytes(), likely))
            return likely;
        this = before;
        return Text();
    }

    public string? OptionalText() => Bool() ? Text() : null;

    public string[] Texts()
    {
        var count = Number();
        // Each text has at least one byte. The check prevents a false count from allocating memory.
        if (count > Left)
            throw Invalid("A count is beyond the end of the message.");
        var texts = new string[count];
        for (var i = 0; i < count; i++)
            texts[i] = Text();
        return texts;
    }

    public ReadOnlySpan<byte> Bytes() => Take(Number());

    /// <summary>Reads a part with its own members, which is preceded by its length.</summary>
    public WireReader Part() => new(Take(Int32()));

    private ReadOnlySpan<byte> Take(int length)
    {
        if ((uint)length > (uint)_rest.Length)
            throw Invalid("A message of another node is truncated.");
        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }

    private static InvalidDataException Invalid(string reason) => new(reason);
}
