using System.Buffers.Text;
using Pikku.Akka.Benchmarks.Load.Connections;

namespace Pikku.Akka.Benchmarks.Load.Protocols;

/// <summary>
/// Builds messages in one shared buffer. This is safe because the loop has one thread, and a frame is copied before the next message
/// begins.
/// </summary>
internal sealed class MessageBuilder
{
    private readonly byte[] _scratch = new byte[1 << 20];
    private int _length;

    public MessageBuilder Begin(ReadOnlySpan<byte> text)
    {
        _length = 0;
        return Put(text);
    }

    public MessageBuilder Put(ReadOnlySpan<byte> text)
    {
        text.CopyTo(_scratch.AsSpan(_length));
        _length += text.Length;
        return this;
    }

    public MessageBuilder PutHex(uint value)
    {
        Payload.Hex8(_scratch.AsSpan(_length), value);
        _length += 8;
        return this;
    }

    public MessageBuilder PutDecimal(uint value)
    {
        Utf8Formatter.TryFormat(value, _scratch.AsSpan(_length), out var written);
        _length += written;
        return this;
    }

    public void SendTo(Conn c) => c.SendFrame(Opcode.Text, _scratch.AsSpan(0, _length));
}
