namespace Pikku.Akka.Tests.WebSockets;

/// <summary>
/// Writes compressed messages block by block (RFC 1951), as no compressor does: empty blocks, stored ones, final ones in the middle, references to any distance, and
/// sometimes something that is not allowed.
/// </summary>
internal sealed class DeflateGenerator
{
    private const int EndOfBlock = 256;

    private readonly Random _random;
    private readonly List<byte> _bytes = [];
    private int _bits;
    private int _produced;

    private DeflateGenerator(Random random) => _random = random;

    /// <summary>The payload of a compressed message.</summary>
    public static byte[] Message(Random random)
    {
        var generator = new DeflateGenerator(random);
        for (var blocks = random.Next(6); blocks > 0; blocks--)
            generator.Block();
        // RFC 7692 §7.2.1: an empty stored block, without its last four bytes. Some senders forget it.
        if (random.Next(8) > 0)
            generator.Number(0, 3);
        if (random.Next(20) == 0)
            generator._bytes.Add((byte)random.Next(256));
        return [.. generator._bytes];
    }

    private bool Rarely => _random.Next(40) == 0;

    private void Block()
    {
        Number(_random.Next(10) == 0 ? 1 : 0, 1);
        if (Rarely)
        {
            Number(3, 2); // reserved
            return;
        }

        if (_random.Next(3) == 0)
        {
            Number(0, 2);
            Stored(_random.Next(3) == 0 ? 0 : _random.Next(30));
            return;
        }

        Number(1, 2);
        for (var symbols = _random.Next(3) == 0 ? 0 : _random.Next(12); symbols > 0; symbols--)
        {
            if (_random.Next(2) == 0 || (_produced == 0 && !Rarely))
                Literal();
            else
                Reference();
        }

        if (!Rarely)
            Symbol(EndOfBlock);
    }

    private void Stored(int length)
    {
        _bits = 0; // the rest of the byte is not used
        Number(length, 16);
        Number(Rarely ? length : ~length & 0xFFFF, 16);
        for (var i = 0; i < length; i++)
            _bytes.Add((byte)_random.Next(256));
        _produced += length;
    }

    private void Literal()
    {
        Symbol(_random.Next(256));
        _produced++;
    }

    private void Reference()
    {
        var length = Rarely ? _random.Next(286, 288) : _random.Next(3) == 0 ? _random.Next(257, 286) : _random.Next(257, 265);
        Symbol(length);
        if (length > 285)
            return;
        var extra = FrameInflateModel.LengthExtra[length - 257];
        var more = _random.Next(1 << extra);
        Number(more, extra);

        var reachable = FrameInflateModel.DistanceBase.Count(distance => distance <= _produced);
        var far = Rarely ? _random.Next(32) : _random.Next(Math.Max(reachable, 1));
        Code(far, 5);
        if (far > 29)
            return;
        var rest = FrameInflateModel.DistanceExtra[far];
        // The largest that the message has, or any.
        var allowed = Math.Max(0, _produced - FrameInflateModel.DistanceBase[far]);
        Number(Rarely ? _random.Next(1 << rest) : _random.Next(Math.Min(1 << rest, allowed + 1)), rest);
        _produced += FrameInflateModel.LengthBase[length - 257] + more;
    }

    // §3.2.6: the fixed code.
    private void Symbol(int symbol)
    {
        if (symbol < 144)
            Code(0x30 + symbol, 8);
        else if (symbol < 256)
            Code(0x190 + symbol - 144, 9);
        else if (symbol < 280)
            Code(symbol - 256, 7);
        else
            Code(0xC0 + symbol - 280, 8);
    }

    // §3.1.1: codes begin with their most significant bit, numbers with their least significant one.
    private void Code(int value, int count)
    {
        while (count-- > 0)
            Number((value >> count) & 1, 1);
    }

    private void Number(int value, int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (_bits == 0)
                _bytes.Add(0);
            _bytes[^1] |= (byte)(((value >> i) & 1) << _bits);
            _bits = (_bits + 1) % 8;
        }
    }
}
