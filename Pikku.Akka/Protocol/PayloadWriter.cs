using System.Buffers;
using System.Text.Json;

namespace Pikku.Akka.Protocol;

/// <summary>
/// Collects the payload of one message in a rented array, after the headroom for the framing of a transport, so that the payload is not moved later.
/// <see cref="ToMessage"/> passes the array to the message. The writer is cached for the next message of the thread. Get a writer with <see cref="Rent"/> and
/// release it with <see cref="Dispose"/>, on the same thread and without an <c>await</c> in between.
/// </summary>
internal sealed class PayloadWriter : IBufferWriter<byte>, IDisposable
{
    // Large enough for a typical reply plus the 256 bytes that Utf8JsonWriter requests in advance.
    private const int FirstSize = 512;

    [ThreadStatic]
    private static PayloadWriter? t_cached;

    private byte[] _array = [];
    private int _start;
    private int _end;
    private Utf8JsonWriter? _json;
    private JsonSerializerOptions? _jsonOptions;
    private int _maxDepth;

    private PayloadWriter() { }

    /// <summary>The bytes that were written. Valid only until the next write.</summary>
    public Span<byte> Written => _array.AsSpan(_start, _end - _start);

    public int Length => _end - _start;

    public static PayloadWriter Rent()
    {
        // The writer is removed from the cache, so that a converter that sends a message during serialization gets another writer.
        var writer = t_cached ?? new PayloadWriter();
        t_cached = null;
        writer._array = MessageBuffers.Rent(FirstSize);
        writer._start = writer._end = EncodedMessage.HeadroomSize;
        return writer;
    }

    /// <summary>
    /// Returns a writer for one JSON value, with the encoder and depth of the options. Flush it before writing anything else to this payload.
    /// </summary>
    /// <param name="options">The JSON options of the application.</param>
    /// <param name="leastDepth">The minimum of the depth limit, for JSON that the framework itself writes.</param>
    public Utf8JsonWriter Json(JsonSerializerOptions options, int leastDepth = 0)
    {
        // Clients are not required to read JSON that is deeper than the options allow.
        var maxDepth = Math.Max(JsonDepth.Of(options), leastDepth);
        if (_json is null || !ReferenceEquals(_jsonOptions, options) || _maxDepth != maxDepth)
        {
            // Messages are never indented, regardless of the options.
            _json = new Utf8JsonWriter(this, new JsonWriterOptions
            {
                Encoder = options.Encoder,
                MaxDepth = maxDepth,
                SkipValidation = true,
            });
            _jsonOptions = options;
            _maxDepth = maxDepth;
        }
        else
        {
            // Also clears the state that an exception may have left.
            _json.Reset();
        }

        return _json;
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_array.AsSpan(_end));
        _end += bytes.Length;
    }

    /// <summary>Removes the bytes after the given length.</summary>
    public void Truncate(int length) => _end = _start + length;

    /// <summary>Removes bytes from the start of the payload; they become headroom.</summary>
    public void Drop(int count) => _start += count;

    /// <summary>Creates a message from the payload. The message owns the rented array, and its holder returns it.</summary>
    public EncodedMessage ToMessage(MessageKind kind)
    {
        var message = new EncodedMessage(_array, _start, Length, kind) { Pooled = true, HasHeadroom = true };
        _array = [];
        return message;
    }

    /// <summary>Creates a message from a copy of the payload in an array of exact size. The message may be shared and is not pooled.</summary>
    public EncodedMessage ToSharedMessage(MessageKind kind) => EncodedMessage.Copy(kind, Written);

    /// <summary>Returns an array that no message owns to the pool, and caches the writer.</summary>
    public void Dispose()
    {
        if (_array.Length > 0)
            MessageBuffers.Return(_array);
        _array = [];
        t_cached = this;
    }

    public void Advance(int count) => _end += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _array.AsMemory(_end);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _array.AsSpan(_end);
    }

    private void Reserve(int count)
    {
        if (_array.Length - _end >= count)
            return;
        var larger = MessageBuffers.Rent(Math.Max(checked(_end + count), _array.Length * 2));
        _array.AsSpan(0, _end).CopyTo(larger);
        MessageBuffers.Return(_array);
        _array = larger;
    }
}
