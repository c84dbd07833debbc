namespace Pikku.Akka.Protocol;

/// <summary>
/// One encoded message to a client: its payload and its kind. It is independent of the transport, which adds its framing when it sends the message.
/// </summary>
/// <remarks>
/// <para>
/// A message has one of two owners. A pooled message has an array from <see cref="MessageBuffers"/> and belongs to its current holder: first the writer that
/// encoded it, then the outbox, then the transport. The holder that drops or has sent the message calls <see cref="Return"/> once. Any other message may be
/// sent on many connections at the same time; it is owned by the garbage collector, and <see cref="Return"/> does nothing.
/// </para>
/// <para>
/// The payload of a shared message is never written to. Only the WebSocket transport writes into its headroom, and it always writes the same bytes there;
/// <c>WebSockets/</c> explains why this is safe. Any other transport must keep the bytes that it adds to a shared message in its own buffer.
/// </para>
/// </remarks>
/// <param name="Array">The array with the headroom, followed by the payload.</param>
/// <param name="Offset">The start of the payload.</param>
/// <param name="Length">The length of the payload in bytes.</param>
/// <param name="Kind">The kind of the message.</param>
internal readonly record struct EncodedMessage(byte[] Array, int Offset, int Length, MessageKind Kind)
{
    /// <summary>
    /// The number of free bytes before a payload for the framing of a transport. The longest known header, that of a WebSocket frame,
    /// has ten.
    /// </summary>
    public const int HeadroomSize = 16;

    /// <summary>An empty ping, shared by all connections.</summary>
    public static EncodedMessage Ping { get; } = Allocate(MessageKind.Ping, 0, out _);

    /// <summary>
    /// True when at least <see cref="HeadroomSize"/> bytes before the payload are free. Only messages that were packed in the outbox
    /// have no headroom.
    /// </summary>
    public bool HasHeadroom { get; init; }

    /// <summary>True when the array is rented and must be returned.</summary>
    public bool Pooled { get; init; }

    /// <summary>True for an event of the hub, which an overflow policy may drop. Replies are never dropped.</summary>
    public bool IsEvent { get; init; }

    /// <summary>What the message says about the position of its receiver, for a transport that keeps the position itself.</summary>
    public PositionPart Position { get; init; }

    /// <summary>The topic of an event, for an outbox that keeps the latest event of each topic.</summary>
    public string? Topic { get; init; }

    /// <summary>Where a transport keeps the form in which it sends this shared message; null when the message has none, as every pooled one.</summary>
    public SharedForm? Form { get; init; }

    /// <summary>True for a payload that a transport has compressed. Only messages that a transport made itself are compressed.</summary>
    public bool IsCompressed { get; init; }

    /// <summary>The payload.</summary>
    public ReadOnlySpan<byte> Span => Array.AsSpan(Offset, Length);

    /// <summary>The payload.</summary>
    public ReadOnlyMemory<byte> Memory => Array.AsMemory(Offset, Length);

    /// <summary>Creates a message with headroom in a new array. The message may be shared.</summary>
    /// <param name="kind">The kind of the message.</param>
    /// <param name="length">The length of the payload in bytes.</param>
    /// <param name="payload">The payload, which the caller must write before it passes the message on.</param>
    public static EncodedMessage Allocate(MessageKind kind, int length, out Span<byte> payload)
    {
        var array = GC.AllocateUninitializedArray<byte>(HeadroomSize + length);
        payload = array.AsSpan(HeadroomSize);
        return new EncodedMessage(array, HeadroomSize, length, kind) { HasHeadroom = true, Form = length < SharedForm.LeastLength ? null : new SharedForm() };
    }

    /// <summary>Creates a message with a copy of a payload. The message may be shared.</summary>
    public static EncodedMessage Copy(MessageKind kind, ReadOnlySpan<byte> payload)
    {
        var message = Allocate(kind, payload.Length, out var destination);
        payload.CopyTo(destination);
        return message;
    }

    /// <summary>Returns a rented array to the pool. Must be called once; the message must not be used afterwards.</summary>
    public void Return()
    {
        if (Pooled)
            MessageBuffers.Return(Array);
    }
}
