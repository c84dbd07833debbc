using System.Buffers;

namespace Pikku.Akka.Protocol;

/// <summary>
/// A whole frame, ready for the socket. A pooled one belongs to whoever holds it and is returned once; a shared one is never written
/// to and never returned.
/// </summary>
internal readonly struct OutboundFrame
{
    private OutboundFrame(byte[] array, int offset, int length, bool pooled, bool isEvent, string? topic)
    {
        Array = array;
        Offset = offset;
        Length = length;
        Pooled = pooled;
        IsEvent = isEvent;
        Topic = topic;
    }

    public byte[] Array { get; }

    public int Offset { get; }

    public int Length { get; }

    public bool Pooled { get; }

    /// <summary>True for an event of the hub: the only kind that a full outbox may drop.</summary>
    public bool IsEvent { get; }

    /// <summary>The topic of an event, for an outbox that keeps the latest of each.</summary>
    public string? Topic { get; }

    public ReadOnlySpan<byte> Span => new(Array, Offset, Length);

    public ReadOnlyMemory<byte> Memory => new(Array, Offset, Length);

    /// <summary>A frame in an array rented from <see cref="ArrayPool{T}.Shared"/>.</summary>
    public static OutboundFrame Rented(byte[] array, int offset, int length) => new(array, offset, length, true, false, null);

    /// <summary>A frame that other sockets may be sending, too.</summary>
    public static OutboundFrame Shared(byte[] frame) => new(frame, 0, frame.Length, false, false, null);

    /// <summary>An event of the hub.</summary>
    public static OutboundFrame Event(byte[] frame, string topic) => new(frame, 0, frame.Length, false, true, topic);

    /// <summary>The same frame as an event of the hub: what channel middleware made of one.</summary>
    public OutboundFrame AsEvent(string topic) => new(Array, Offset, Length, Pooled, true, topic);

    /// <summary>Gives the array back. Nobody may look at the frame afterwards.</summary>
    public void Return()
    {
        if (Pooled)
            ArrayPool<byte>.Shared.Return(Array);
    }
}
