namespace Pikku.Akka.Protocol;

/// <summary>RFC 6455 §5.2: what a frame carries. Continuations are not sent: every message is one frame.</summary>
internal enum Opcode : byte
{
    Text = 0x1,
    Binary = 0x2,
    Close = 0x8,
    Ping = 0x9,
    Pong = 0xA,
}
