using System.Buffers;

namespace Pikku.Akka.Protocol;

/// <summary>One complete WebSocket frame. A server's frames are not masked (RFC 6455 §5.1), so the same bytes may go to many sockets.</summary>
internal readonly record struct OutboundFrame(byte[] Array, int Offset, int Length)
{
    /// <summary>True when the array is rented and goes back once the frame has been written.</summary>
    public bool Pooled { get; init; }

    /// <summary>True for an event of the hub, which a policy may drop; replies are never dropped.</summary>
    public bool IsEvent { get; init; }

    /// <summary>The topic of an event.</summary>
    public string? Topic { get; init; }

    public ReadOnlyMemory<byte> Memory => Array.AsMemory(Offset, Length);

    /// <summary>A frame of its own, from bytes that somebody else will reuse.</summary>
    public static OutboundFrame Copy(ReadOnlySpan<byte> frame)
    {
        var rented = ArrayPool<byte>.Shared.Rent(frame.Length);
        frame.CopyTo(rented);
        return new OutboundFrame(rented, 0, frame.Length) { Pooled = true };
    }

    /// <summary>Gives the array back. Once.</summary>
    public void Return()
    {
        if (Pooled)
            ArrayPool<byte>.Shared.Return(Array);
    }
}
