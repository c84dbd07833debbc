using System.Buffers;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Pikku.Akka.Protocol;

/// <summary>
/// Writes the payload of one frame behind room for the header, which is put right in front of it when the length is known: nothing is
/// moved. The array goes away with the frame, the writer is kept for the thread's next one.
/// </summary>
/// <remarks>Between <see cref="Rent"/> and <see cref="Dispose"/> there must be no <c>await</c>.</remarks>
internal sealed class FrameWriter : IBufferWriter<byte>, IDisposable
{
    // Holds a usual reply with the 256 bytes that Utf8JsonWriter asks for ahead of need.
    private const int InitialSize = 512;

    // What a thread may keep after a frame that was not handed over; one large failure should not stay in memory.
    private const int MaxKeptSize = 64 * 1024;

    // A converter of the application may send a message while it is being called: the writer is rented, not merely shared.
    [ThreadStatic]
    private static FrameWriter? t_kept;

    private readonly JsonSerializerOptions _options;
    private readonly Utf8JsonWriter _json;
    private byte[] _buffer = [];
    private int _position;

    private FrameWriter(JsonSerializerOptions options)
    {
        _options = options;

        // Indentation is for people: frames have none, whatever the options say.
        _json = new Utf8JsonWriter(this, new JsonWriterOptions
        {
            Encoder = options.Encoder,
            MaxDepth = options.MaxDepth,
            SkipValidation = true,
        });
    }

    /// <summary>Where the next byte goes.</summary>
    public int Position => _position;

    /// <summary>A writer with nothing in it. Dispose it on the same thread.</summary>
    public static FrameWriter Rent(JsonSerializerOptions options)
    {
        var writer = t_kept;
        t_kept = null;
        if (writer is null || !ReferenceEquals(writer._options, options))
        {
            writer?.Release();
            writer = new FrameWriter(options);
        }

        if (writer._buffer.Length == 0)
            writer._buffer = ArrayPool<byte>.Shared.Rent(InitialSize);
        writer._position = FrameEncoder.MaxHeader;
        return writer;
    }

    /// <summary>The writer of JSON, at the beginning of a value. End it with <see cref="EndJson"/> before anything else is written.</summary>
    public Utf8JsonWriter BeginJson()
    {
        _json.Reset();
        return _json;
    }

    public void EndJson() => _json.Flush();

    public void WriteJson(object? value, JsonTypeInfo info)
    {
        JsonSerializer.Serialize(BeginJson(), value, info);
        EndJson();
    }

    public void WriteText(string text)
    {
        var written = Encoding.UTF8.GetBytes(text, GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length)));
        Advance(written);
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        _position += bytes.Length;
    }

    public void WriteByte(byte value)
    {
        Reserve(1);
        _buffer[_position++] = value;
    }

    /// <summary>What was written from a position on. Only good until the next write.</summary>
    public Span<byte> WrittenFrom(int start) => _buffer.AsSpan(start, _position - start);

    /// <summary>Forgets what was written from a position on.</summary>
    public void CutAt(int position)
    {
        Debug.Assert(position >= FrameEncoder.MaxHeader && position <= _position);
        _position = position;
    }

    /// <summary>The frame of what was written, in its own array from the pool.</summary>
    public OutboundFrame Complete(Opcode opcode) => Complete(opcode, FrameEncoder.MaxHeader);

    /// <summary>The frame of what was written from a position on; what stands before it is overwritten.</summary>
    public OutboundFrame Complete(Opcode opcode, int payloadStart)
    {
        var start = FrameEncoder.PlaceHeader(_buffer, opcode, payloadStart, _position - payloadStart);
        var frame = OutboundFrame.Rented(_buffer, start, _position - start);
        _buffer = [];
        return frame;
    }

    /// <summary>The frame of what was written, in an array of exactly its size, to be shared and collected.</summary>
    public byte[] CompleteShared(Opcode opcode) => FrameEncoder.Encode(opcode, WrittenFrom(FrameEncoder.MaxHeader));

    public void Advance(int count) => _position += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _buffer.AsMemory(_position);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _buffer.AsSpan(_position);
    }

    public void Dispose()
    {
        if (_buffer.Length > MaxKeptSize || t_kept is not null)
            Release();

        // What an exception left in the writer must not come out with the next frame.
        _json.Reset();
        t_kept ??= this;
    }

    private void Reserve(int count)
    {
        if (_buffer.Length - _position >= count)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(_position + count), _buffer.Length * 2));
        _buffer.AsSpan(0, _position).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    private void Release()
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }
}
