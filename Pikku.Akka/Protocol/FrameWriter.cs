using System.Buffers;
using System.Text.Json;

namespace Pikku.Akka.Protocol;

/// <summary>
/// Collects the payload of one frame in a rented array that leaves room for the header, so that the frame is complete without a copy.
/// One for each thread; take it with <see cref="Rent"/> and end with <see cref="ToFrame"/> or <see cref="Dispose"/>.
/// </summary>
internal sealed class FrameWriter : IBufferWriter<byte>, IDisposable
{
    private const int FirstSize = 256;

    [ThreadStatic]
    private static FrameWriter? _cached;

    private byte[] _array = [];
    private int _end;
    private Utf8JsonWriter? _json;
    private JsonSerializerOptions? _jsonOptions;

    private FrameWriter() { }

    public ReadOnlySpan<byte> Written => _array.AsSpan(FrameEncoder.MaxHeader, _end - FrameEncoder.MaxHeader);

    public static FrameWriter Rent()
    {
        // Taken and not borrowed: a converter that sends while it serialises must not write into what is half done.
        var writer = _cached ?? new FrameWriter();
        _cached = null;
        writer._array = ArrayPool<byte>.Shared.Rent(FirstSize);
        writer._end = FrameEncoder.MaxHeader;
        return writer;
    }

    /// <summary>A JSON writer into this frame, with the encoder and depth of the options.</summary>
    public Utf8JsonWriter Json(JsonSerializerOptions options)
    {
        if (_json is null || !ReferenceEquals(_jsonOptions, options))
        {
            _json = new Utf8JsonWriter(this, new JsonWriterOptions
            {
                Encoder = options.Encoder, MaxDepth = options.MaxDepth, Indented = options.WriteIndented, SkipValidation = true,
            });
            _jsonOptions = options;
        }
        else
        {
            _json.Reset(this);
        }

        return _json;
    }

    /// <summary>Takes back what was written from a place on.</summary>
    public void Truncate(int length) => _end = FrameEncoder.MaxHeader + length;

    /// <summary>Ends the frame; the writer goes back.</summary>
    public OutboundFrame ToFrame(byte opcode)
    {
        var start = FrameEncoder.WriteHeaderBefore(_array, FrameEncoder.MaxHeader, _end - FrameEncoder.MaxHeader, opcode);
        var frame = new OutboundFrame(_array, start, _end - start) { Pooled = true };
        _array = [];
        _cached = this;
        return frame;
    }

    /// <summary>Throws away what was written; the writer goes back. Nothing happens after <see cref="ToFrame"/>.</summary>
    public void Dispose()
    {
        if (_array.Length == 0)
            return;
        ArrayPool<byte>.Shared.Return(_array);
        _array = [];
        _cached = this;
    }

    public void Advance(int count) => _end += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsMemory(_end);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsSpan(_end);
    }

    private void Reserve(int sizeHint)
    {
        var needed = _end + Math.Max(sizeHint, 1);
        if (needed <= _array.Length)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, _array.Length * 2));
        _array.AsSpan(0, _end).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_array);
        _array = larger;
    }
}
