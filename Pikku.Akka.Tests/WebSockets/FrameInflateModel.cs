namespace Pikku.Akka.Tests.WebSockets;

/// <summary>A second, slow implementation of RFC 1951, which decodes bit by bit, for the compressed messages of the model.</summary>
internal sealed class FrameInflateModel
{
    private const int MaxBits = 15;

    /// <summary>The lengths of the symbols from 257 on (§3.2.5), and how many bits are added.</summary>
    public static readonly int[] LengthBase = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];

    /// <inheritdoc cref="LengthBase"/>
    public static readonly int[] LengthExtra = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];

    /// <summary>The distances of the symbols, and how many bits are added.</summary>
    public static readonly int[] DistanceBase =
        [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];

    /// <inheritdoc cref="DistanceBase"/>
    public static readonly int[] DistanceExtra = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];

    private static readonly int[] s_order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    private readonly byte[] _input;
    private readonly int _limit;
    private readonly List<byte> _output = [];
    private int _bit;

    private FrameInflateModel(byte[] input, int limit) => (_input, _limit) = (input, limit);

    /// <summary>Inflates a message (RFC 7692 §7.2.2).</summary>
    /// <returns>The message, or the close code with which it is refused.</returns>
    public static (byte[]? Message, int Refused) Read(byte[] compressed, int maxMessage)
    {
        // What a sender has cut off (step 1), and a final block without content.
        var model = new FrameInflateModel([.. compressed, 0x00, 0x00, 0xFF, 0xFF, 0x01, 0x00, 0x00, 0xFF, 0xFF], maxMessage);
        try
        {
            while (!model.ReadBlock())
            {
            }

            // A final block of the message may be followed by one byte.
            return (model._bit + 7) / 8 >= compressed.Length - 1 ? ([.. model._output], 0) : (null, 1007);
        }
        catch (InvalidDataException)
        {
            return (null, 1007);
        }
        catch (OverflowException)
        {
            return (null, 1009);
        }
    }

    // Returns true after a final block.
    private bool ReadBlock()
    {
        var isFinal = Bits(1) == 1;
        switch (Bits(2))
        {
            case 0: ReadStored(); break;
            case 1: ReadCodes(new Code([.. Enumerable.Range(0, 288).Select(i => i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8)]), new Code([.. Enumerable.Repeat(5, 30)])); break;
            case 2: ReadDynamic(); break;
            default: throw new InvalidDataException();
        }

        return isFinal;
    }

    private void ReadStored()
    {
        _bit = (_bit + 7) / 8 * 8;
        var (length, complement) = (Bits(16), Bits(16));
        if (length != (~complement & 0xFFFF))
            throw new InvalidDataException();
        for (var i = 0; i < length; i++)
            Add((byte)Bits(8));
    }

    private void ReadDynamic()
    {
        var (literals, distances, codes) = (Bits(5) + 257, Bits(5) + 1, Bits(4) + 4);
        if (literals > 286 || distances > 30)
            throw new InvalidDataException();
        var lengths = new int[19];
        for (var i = 0; i < codes; i++)
            lengths[s_order[i]] = Bits(3);
        var code = new Code(lengths);
        if (code.Left != 0)
            throw new InvalidDataException();
        var all = new List<int>();
        while (all.Count < literals + distances)
        {
            var symbol = Symbol(code);
            if (symbol == 16 && all.Count == 0)
                throw new InvalidDataException();
            var (value, count) = symbol switch
            {
                < 16 => (symbol, 1),
                16 => (all[^1], 3 + Bits(2)),
                17 => (0, 3 + Bits(3)),
                _ => (0, 11 + Bits(7)),
            };
            all.AddRange(Enumerable.Repeat(value, count));
        }

        if (all.Count > literals + distances || all[256] == 0)
            throw new InvalidDataException();
        var (literalCode, distanceCode) = (new Code([.. all[..literals]]), new Code([.. all[literals..]]));
        if (IsRefused(literalCode) || IsRefused(distanceCode))
            throw new InvalidDataException();
        ReadCodes(literalCode, distanceCode);
    }

    // An incomplete code is allowed if it has a single symbol of one bit, or none.
    private static bool IsRefused(Code code) => code.Left < 0 || (code.Left > 0 && code.Longest > 1);

    private void ReadCodes(Code literals, Code distances)
    {
        while (Symbol(literals) is var symbol && symbol != 256)
        {
            if (symbol < 256)
            {
                Add((byte)symbol);
                continue;
            }

            if (symbol > 285)
                throw new InvalidDataException();
            var length = LengthBase[symbol - 257] + Bits(LengthExtra[symbol - 257]);
            var far = Symbol(distances);
            if (far > 29)
                throw new InvalidDataException();
            var distance = DistanceBase[far] + Bits(DistanceExtra[far]);
            if (distance > _output.Count)
                throw new InvalidDataException();
            for (var i = 0; i < length; i++)
                Add(_output[^distance]);
        }
    }

    private void Add(byte value)
    {
        if (_output.Count == _limit)
            throw new OverflowException();
        _output.Add(value);
    }

    private int Bits(int count)
    {
        var value = 0;
        for (var i = 0; i < count; i++, _bit++)
        {
            if (_bit >= _input.Length * 8)
                throw new InvalidDataException();
            value |= ((_input[_bit / 8] >> (_bit % 8)) & 1) << i;
        }

        return value;
    }

    private int Symbol(Code code)
    {
        var (value, first, index) = (0, 0, 0);
        for (var length = 1; length <= MaxBits; length++)
        {
            value |= Bits(1);
            var count = code.Counts[length];
            if (value - count < first)
                return code.Symbols[index + value - first];
            index += count;
            first = (first + count) << 1;
            value <<= 1;
        }

        throw new InvalidDataException();
    }

    // A canonical code (§3.2.2) of these lengths.
    private sealed class Code
    {
        public Code(int[] lengths)
        {
            foreach (var length in lengths.Where(length => length > 0))
                Counts[length]++;
            Symbols = [.. Enumerable.Range(0, lengths.Length).Where(i => lengths[i] > 0).OrderBy(i => lengths[i]).ThenBy(i => i)];
            Left = 1;
            for (var length = 1; length <= MaxBits; length++)
                Left = (Left << 1) - Counts[length];
            Left = Counts.Sum() == 0 ? 1 : Left;
        }

        public int[] Counts { get; } = new int[MaxBits + 1];

        public int[] Symbols { get; }

        /// <summary>0 for a complete code; below 0 for one with too many symbols.</summary>
        public int Left { get; }

        public int Longest => Array.FindLastIndex(Counts, count => count > 0);
    }
}
