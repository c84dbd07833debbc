namespace Pikku.Akka.WebSockets;

/// <summary>The reason why a connection is closed because of invalid or excessive data of its client.</summary>
/// <param name="Code">The code of the close frame.</param>
/// <param name="Reason">The human-readable reason of the close frame.</param>
internal sealed record FrameViolation(CloseCode Code, string Reason)
{
    public static FrameViolation TooBig { get; } = new(CloseCode.MessageTooBig, "message too big");

    public static FrameViolation TooManyFragments { get; } = new(CloseCode.PolicyViolation, "too many fragments");

    public static FrameViolation TooManyControlFrames { get; } = new(CloseCode.PolicyViolation, "too many control frames");

    public static FrameViolation TextNotUtf8 { get; } = new(CloseCode.InvalidPayload, "the text is not UTF-8");

    public static FrameViolation InvalidCompression { get; } = new(CloseCode.InvalidPayload, "the compressed data is invalid");

    public static FrameViolation ReasonNotUtf8 { get; } = new(CloseCode.InvalidPayload, "the close reason is not UTF-8");

    public static FrameViolation ReservedBit { get; } = Protocol("a reserved bit is set");

    public static FrameViolation ReservedOpcode { get; } = Protocol("the opcode is reserved");

    public static FrameViolation NotMasked { get; } = Protocol("the frame is not masked");

    public static FrameViolation FragmentedControlFrame { get; } = Protocol("a control frame is fragmented");

    public static FrameViolation LongControlFrame { get; } = Protocol("a control frame is too long");

    public static FrameViolation NothingToContinue { get; } = Protocol("there is no message to continue");

    public static FrameViolation MessageWithinMessage { get; } = Protocol("a message begins within another");

    public static FrameViolation NonMinimalLength { get; } = Protocol("the length is not in its shortest form");

    public static FrameViolation NegativeLength { get; } = Protocol("the first bit of the length is set");

    public static FrameViolation InvalidClose { get; } = Protocol("the close code is invalid");

    private static FrameViolation Protocol(string reason) => new(CloseCode.ProtocolError, reason);
}
