using System.Buffers;
using System.Security.Cryptography;

namespace Pikku.Akka.Replication;

/// <summary>
/// Names one life of one process, or one history, by 64 random bits. It contains no clock and is never compared by size: a restarted process is another origin,
/// whatever its clock says.
/// </summary>
/// <param name="Value">The bits.</param>
internal readonly record struct Origin(ulong Value)
{
    /// <summary>The length of the text, in characters.</summary>
    public const int TextLength = 13;

    // Crockford's base 32 in lower case: no two of its characters look alike.
    private const string Digits = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int BitsPerDigit = 5;

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    /// <summary>Creates the origin of a new process.</summary>
    public static Origin New() => new(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))));

    /// <summary>Creates the id of a new history.</summary>
    /// <param name="random">Has a seed from the operating system in production.</param>
    public static Origin New(Random random) => new((ulong)random.NextInt64(long.MinValue, long.MaxValue));

    /// <summary>Reads the text of an origin.</summary>
    /// <param name="text">Letters and digits.</param>
    /// <param name="origin">
    /// The origin. A text that is not the text of any origin becomes an origin that no node has: a client may show names of other versions, and their
    /// events are unknown here and not malformed.
    /// </param>
    /// <returns>False when the text is empty, has other characters, or is longer than 32 characters.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out Origin origin)
    {
        const int MaxLength = 32;
        origin = default;
        if (text.IsEmpty || text.Length > MaxLength || text.ContainsAnyExcept(NameCharacters))
            return false;
        origin = new Origin(ValueOf(text) ?? StableHash.Of(text));
        return true;
    }

    /// <summary>Writes the text as UTF-8, <see cref="TextLength"/> bytes.</summary>
    public void Write(Span<byte> destination)
    {
        var rest = Value;
        for (var i = TextLength - 1; i >= 0; i--)
        {
            destination[i] = (byte)Digits[(int)(rest & 31)];
            rest >>= BitsPerDigit;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(TextLength, Value, static (text, value) =>
    {
        for (var i = text.Length - 1; i >= 0; i--)
        {
            text[i] = Digits[(int)(value & 31)];
            value >>= BitsPerDigit;
        }
    });

    private static ulong? ValueOf(ReadOnlySpan<char> text)
    {
        // The first of the 13 digits has four bits.
        if (text.Length != TextLength || Digits.IndexOf(text[0], StringComparison.Ordinal) is < 0 or > 15)
            return null;
        var value = 0UL;
        foreach (var character in text)
        {
            var digit = Digits.IndexOf(character, StringComparison.Ordinal);
            if (digit < 0)
                return null;
            value = (value << BitsPerDigit) | (uint)digit;
        }

        return value;
    }
}
