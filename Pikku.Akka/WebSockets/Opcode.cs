namespace Pikku.Akka.WebSockets;

/// <summary>The first byte of a frame (RFC 6455 §5.2): the opcodes, and the bits beside them.</summary>
internal static class Opcode
{
    public const int Continuation = 0;
    public const int Text = 1;
    public const int Binary = 2;
    public const int Close = 8;
    public const int Ping = 9;
    public const int Pong = 10;

    /// <summary>Set in the last frame of a message.</summary>
    public const int Fin = 0x80;

    /// <summary>Reserved for extensions.</summary>
    public const int ReservedBits = 0x70;

    /// <summary>RFC 7692 §6: set in the first frame of a compressed message, if compression was negotiated.</summary>
    public const int Compressed = 0x40;

    private const int Bits = 0x0F;
    private const int ControlBit = 0x08; // §5.5

    /// <summary>Returns the opcode that the first byte of a frame contains.</summary>
    public static int Of(byte first) => first & Bits;

    /// <summary>True for the first byte of a close, a ping or a pong, which may arrive between the frames of a message.</summary>
    public static bool IsControl(byte first) => (first & ControlBit) != 0;

    /// <summary>True for the first byte of the last frame of a message.</summary>
    public static bool IsFinal(byte first) => (first & Fin) != 0;
}
