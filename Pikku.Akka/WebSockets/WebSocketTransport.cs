using System.IO.Pipelines;
using System.Runtime.InteropServices;
using Pikku.Akka.Protocol;
using Pikku.Akka.Requests;

namespace Pikku.Akka.WebSockets;

/// <summary>The WebSocket transport of a connection. It writes waiting messages with one system call for many frames.</summary>
/// <param name="output">The bytes for the client.</param>
/// <param name="cutoff">Aborts the request of the socket.</param>
/// <param name="deflater">Compresses messages; null when compression was not negotiated.</param>
internal sealed class WebSocketTransport(PipeWriter output, RequestCutoff cutoff, MessageDeflater? deflater = null) : RequestTransport(cutoff)
{
    // Larger frames are written without copying, because a copy would cost more than a system call.
    private const int CoalesceLimit = 16 * 1024; // bytes

    // The server buffers a write of any size as a whole. Writing slices limits that buffer, and shows that a client that reads parts of a large frame is not stalled.
    private const int SliceSize = 64 * 1024; // bytes

    /// <summary>The value of <see cref="Kind"/>.</summary>
    public const string WebSocket = "websocket";

    public override string Kind => WebSocket;

    /// <summary>True when compression was negotiated, for both directions.</summary>
    public bool IsCompressing => deflater is not null;

    protected override async ValueTask<long> WriteAsync(List<EncodedMessage> messages)
    {
        deflater?.Deflate(CollectionsMarshal.AsSpan(messages));
        var start = 0;
        var written = 0L;
        while (start < messages.Count)
        {
            var (end, size) = FindRun(messages, start);
            if (end - start == 1 && messages[start].HasHeadroom)
                await WriteSlicesAsync(FrameEncoder.WriteIntoHeadroom(messages[start]));
            else
                await WriteCoalescedAsync(messages, start, end, size);
            start = end;
            written += size;
        }

        return written;
    }

    private ValueTask WriteSlicesAsync(ReadOnlyMemory<byte> frame) =>
        frame.Length <= SliceSize ? WrittenAsync(output.WriteAsync(frame)) : WriteEachAsync(frame);

    private async ValueTask WriteEachAsync(ReadOnlyMemory<byte> frame)
    {
        for (var rest = frame; !rest.IsEmpty; rest = rest[Math.Min(SliceSize, rest.Length)..])
        {
            await WrittenAsync(output.WriteAsync(rest[..Math.Min(SliceSize, rest.Length)]));
            Outbox.ReportProgress();
        }
    }

    // Finds the messages, starting at this one, whose frames are written together.
    private static (int End, int Size) FindRun(List<EncodedMessage> messages, int start)
    {
        var taken = CollectionsMarshal.AsSpan(messages);
        var size = FrameEncoder.SizeOf(taken[start]);
        var end = start + 1;
        while (end < taken.Length && size + FrameEncoder.SizeOf(taken[end]) is var next && next <= CoalesceLimit)
        {
            size = next;
            end++;
        }

        return (end, size);
    }

    private ValueTask WriteCoalescedAsync(List<EncodedMessage> messages, int start, int end, int size)
    {
        Coalesce(CollectionsMarshal.AsSpan(messages)[start..end], output.GetSpan(size));
        output.Advance(size);
        return WrittenAsync(output.FlushAsync());
    }

    // The headers are written to the buffer, so shared messages are not modified.
    private static void Coalesce(ReadOnlySpan<EncodedMessage> messages, Span<byte> buffer)
    {
        foreach (ref readonly var message in messages)
            buffer = buffer[FrameEncoder.Write(message, buffer)..];
    }
}
