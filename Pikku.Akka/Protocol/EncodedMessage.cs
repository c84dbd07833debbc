namespace Pikku.Akka.Protocol;

/// <summary>
/// One message to a client, encoded: its payload, and what kind of message it is. It says nothing about a transport: the transport adds its
/// framing when it sends the message.
/// </summary>
/// <remarks>
/// <para>
/// A message has one of two owners. A pooled message has an array from <see cref="MessageBuffers"/> and belongs to whoever holds it: the
/// writer that encoded it, then the outbox, then the transport. The holder that drops it or has sent it calls <see cref="Return"/>, once. Any
/// other message may be on its way to many connections at the same time; it belongs to the garbage collector, and <see cref="Return"/> does
/// nothing.
/// </para>
/// <para>
/// Nobody writes to the payload of a shared message. WebSockets alone write into its headroom, and they all write the same bytes there;
/// <c>WebSockets/</c> says why this is safe. Any other transport keeps what it adds to a shared message apart.
/// </para>
/// </remarks>
/// <param name="Array">Holds the payload, and the headroom in front of it.</param>
/// <param name="Offset">Where the payload begins.</param>
/// <param name="Length">The bytes of the payload.</param>
/// <param name="Kind">What the message is.</param>
internal readonly record struct EncodedMessage(byte[] Array, int Offset, int Length, MessageKind Kind)
{
    /// <summary>
    /// The bytes that are left free in front of a payload for the framing of a transport. The longest header that is known, that of a WebSocket,
    /// has ten.
    /// </summary>
    public const int HeadroomSize = 16;

    /// <summary>An empty ping, shared by all connections.</summary>
    public static EncodedMessage Ping { get; } = Allocate(MessageKind.Ping, 0, out _);

    /// <summary>
    /// True when at least <see cref="HeadroomSize"/> bytes in front of the payload are free. Only a message that waited among many small ones
    /// has none.
    /// </summary>
    public bool HasHeadroom { get; init; }

    /// <summary>True when the array is rented and has to be returned.</summary>
    public bool Pooled { get; init; }

    /// <summary>True for an event of the hub, which a policy may drop; replies are never dropped.</summary>
    public bool IsEvent { get; init; }

    /// <summary>The topic of an event, for an outbox that keeps the latest event of each topic.</summary>
    public string? Topic { get; init; }

    /// <summary>The payload.</summary>
    public ReadOnlySpan<byte> Span => Array.AsSpan(Offset, Length);

    /// <summary>The payload.</summary>
    public ReadOnlyMemory<byte> Memory => Array.AsMemory(Offset, Length);

    /// <summary>A message in an array of its own, with headroom, which may be shared.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="length">The bytes of the payload.</param>
    /// <param name="payload">Where the caller writes the payload, before anybody else gets the message.</param>
    public static EncodedMessage Allocate(MessageKind kind, int length, out Span<byte> payload)
    {
        var array = GC.AllocateUninitializedArray<byte>(HeadroomSize + length);
        payload = array.AsSpan(HeadroomSize);
        return new EncodedMessage(array, HeadroomSize, length, kind) { HasHeadroom = true };
    }

    /// <summary>A copy of a payload, which may be shared.</summary>
    public static EncodedMessage Copy(MessageKind kind, ReadOnlySpan<byte> payload)
    {
        var message = Allocate(kind, payload.Length, out var destination);
        payload.CopyTo(destination);
        return message;
    }

    /// <summary>Gives a rented array back to the pool. To be called once; nobody may use the message afterwards.</summary>
    public void Return()
    {
        if (Pooled)
            MessageBuffers.Return(Array);
    }
}
