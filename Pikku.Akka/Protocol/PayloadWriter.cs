using System.Buffers;
using System.Text.Json;

namespace Pikku.Akka.Protocol;

/// <summary>
/// Collects the payload of one message in a rented array, behind the headroom that a transport needs for its framing: nothing is moved later.
/// <see cref="ToMessage"/> hands the array over to the message. The writer itself is kept for the next message of the thread. Take it with
/// <see cref="Rent"/> and end with <see cref="Dispose"/>, on the same thread and without an <c>await</c> in between.
/// </summary>
internal sealed class PayloadWriter : IBufferWriter<byte>, IDisposable
{
    // Holds a usual reply with the 256 bytes that Utf8JsonWriter asks for ahead of need.
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

    /// <summary>What was written. Only good until the next write.</summary>
    public Span<byte> Written => _array.AsSpan(_start, _end - _start);

    public int Length => _end - _start;

    public static PayloadWriter Rent()
    {
        // Taken out of the cache: a converter that sends while it serialises gets another writer, and does not write into this payload.
        var writer = t_cached ?? new PayloadWriter();
        t_cached = null;
        writer._array = MessageBuffers.Rent(FirstSize);
        writer._start = writer._end = EncodedMessage.HeadroomSize;
        return writer;
    }

    /// <summary>
    /// A writer of one JSON value into this payload, with the encoder and depth of the options. Flush it before anything else is written.
    /// </summary>
    /// <param name="options">The application's.</param>
    /// <param name="leastDepth">How deep what is written may be all the same: something of ours.</param>
    public Utf8JsonWriter Json(JsonSerializerOptions options, int leastDepth = 0)
    {
        // Deeper than the options say clients need not read, whoever made the JSON.
        var maxDepth = Math.Max(JsonDepth.Of(options), leastDepth);
        if (_json is null || !ReferenceEquals(_jsonOptions, options) || _maxDepth != maxDepth)
        {
            // Indentation is for people: messages have none, whatever the options say.
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
            // Also forgets what an exception left in it.
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

    /// <summary>Takes back what was written from a place on.</summary>
    public void Truncate(int length) => _end = _start + length;

    /// <summary>Takes back what was written first; its room is added to the headroom.</summary>
    public void Drop(int count) => _start += count;

    /// <summary>A message of what was written. It gets the rented array, and its holder returns it.</summary>
    public EncodedMessage ToMessage(MessageKind kind)
    {
        var message = new EncodedMessage(_array, _start, Length, kind) { Pooled = true, HasHeadroom = true };
        _array = [];
        return message;
    }

    /// <summary>A message of what was written, in an array of exactly its size, to be shared and collected.</summary>
    public EncodedMessage ToSharedMessage(MessageKind kind) => EncodedMessage.Copy(kind, Written);

    /// <summary>Throws away what no message was made of, and gives the writer back.</summary>
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
