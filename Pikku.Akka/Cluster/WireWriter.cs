using System.Buffers.Binary;
using System.Text;
using Pikku.Akka.Diagnostics;

namespace Pikku.Akka.Cluster;

/// <summary>Writes the members of messages between nodes into a buffer that grows. Not thread-safe.</summary>
/// <param name="reserved">The number of bytes that are reserved at the beginning, for a header.</param>
/// <param name="isStrict">True to refuse a text that is not valid Unicode, because it would arrive as a different text.</param>
internal sealed class WireWriter(int reserved = 0, bool isStrict = true)
{
    private const int InitialCapacity = 256; // bytes; most messages are smaller
    private const int MaxVarint = 5; // bytes of a length
    private const int MoreFollows = 1 << 7; // in a byte of a number

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Encoding _encoding = isStrict ? s_strict : Encoding.UTF8;
    private byte[] _buffer = new byte[reserved + InitialCapacity];

    /// <summary>The number of bytes that are written, including the reserved bytes.</summary>
    public int Length { get; private set; } = reserved;

    /// <summary>Discards the bytes after a position.</summary>
    public void Truncate(int length) => Length = length;

    public byte[] ToArray() => _buffer.AsSpan(0, Length).ToArray();

    public void Byte(byte value) => Reserve(1)[0] = value;

    public void Bool(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void UInt16(ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Reserve(sizeof(ushort)), value);

    public void Int32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Reserve(sizeof(int)), value);

    public void Int64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Reserve(sizeof(long)), value);

    /// <summary>Writes a number that is not negative, with seven bits in each byte, the lowest bits first.</summary>
    public void Number(int value)
    {
        var left = (uint)value;
        var buffer = Grow(MaxVarint);
        var length = 0;
        for (; left > 0x7F; left >>= 7)
            buffer[length++] = (byte)(left | MoreFollows);
        buffer[length++] = (byte)left;
        Length += length;
    }

    /// <summary>Writes the length in bytes, then the text in UTF-8.</summary>
    /// <exception cref="EncoderFallbackException">The text is not valid Unicode, and the writer is strict.</exception>
    public void Text(string value)
    {
        var length = _encoding.GetByteCount(value);
        Number(length);
        _encoding.GetBytes(value, Reserve(length));
    }

    /// <summary>Writes the context of a span.</summary>
    public void Trace(TraceContext trace)
    {
        const int traceId = 16;
        const int spanId = 8;
        trace.TraceId.CopyTo(Reserve(traceId));
        trace.SpanId.CopyTo(Reserve(spanId));
        Byte((byte)trace.Flags);
        OptionalText(trace.State);
    }

    public void OptionalText(string? value)
    {
        Bool(value is not null);
        if (value is not null)
            Text(value);
    }

    public void Texts(IReadOnlyCollection<string> values)
    {
        Number(values.Count);
        foreach (var value in values)
            Text(value);
    }

    /// <summary>Writes the length, then the bytes.</summary>
    public void Bytes(ReadOnlySpan<byte> value)
    {
        Number(value.Length);
        value.CopyTo(Reserve(value.Length));
    }

    /// <summary>Appends members that are already encoded.</summary>
    public void Raw(ReadOnlySpan<byte> members) => members.CopyTo(Reserve(members.Length));

    /// <summary>Begins a part that is preceded by its length.</summary>
    /// <returns>The position to pass to <see cref="EndPart"/>.</returns>
    public int BeginPart()
    {
        Reserve(sizeof(int));
        return Length;
    }

    /// <summary>Ends a part by writing its length at its beginning.</summary>
    public void EndPart(int start) => BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(start - sizeof(int)), Length - start);

    private Span<byte> Reserve(int size)
    {
        var span = Grow(size);
        Length += size;
        return span[..size];
    }

    private Span<byte> Grow(int size)
    {
        if (_buffer.Length - Length < size)
            Array.Resize(ref _buffer, Math.Max(2 * _buffer.Length, Length + size));
        return _buffer.AsSpan(Length);
    }
}
