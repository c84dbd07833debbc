
namespace Pikku.Akka.Protocol;

/// <summary>
/// One complete WebSocket frame, ready for the socket. A pooled one belongs to whoever holds it and is returned once; any other may be
/// on its way to many sockets and is never written to again.
/// </summary>
internal readonly record struct OutboundFrame(byte[] Array, int Offset, int Length)
{
    /// <summary>True when the array is rented and goes back once the frame has been written.</summary>
    public bool Pooled { get; init; }

    /// <summary>True for an event of the hub, which a policy may drop; replies are never dropped.</summary>
    public bool IsEvent { get; init; }

    /// <summary>The topic of an event, for an outbox that keeps the latest of each.</summary>
    public string? Topic { get; init; }

    public ReadOnlySpan<byte> Span => Array.AsSpan(Offset, Length);

    public ReadOnlyMemory<byte> Memory => Array.AsMemory(Offset, Length);

    /// <summary>A frame that is a whole array, and may be shared.</summary>
    public static OutboundFrame Of(byte[] frame) => new(frame, 0, frame.Length);

    /// <summary>A frame of its own, from bytes that somebody else will reuse.</summary>
    public static OutboundFrame Copy(ReadOnlySpan<byte> frame)
    {
        var rented = MessageBuffers.Rent(frame.Length);
        frame.CopyTo(rented);
        return new OutboundFrame(rented, 0, frame.Length) { Pooled = true };
    }

    /// <summary>Gives the array back. Once; nobody may look at the frame afterwards.</summary>
    public void Return()
    {
        if (Pooled)
            MessageBuffers.Return(Array);
    }
}
