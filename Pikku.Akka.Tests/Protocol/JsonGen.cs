using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Pikku.Akka.Tests.Protocol;

/// <summary>The text of a JSON object as a hostile client could write it.</summary>
public sealed record ObjectText(string Text)
{
    public override string ToString() => Text;
}

/// <summary>A text that is almost JSON: an object with a few changed bytes.</summary>
public sealed record BrokenText(byte[] Bytes)
{
    public override string ToString() => Encoding.UTF8.GetString(Bytes);
}

/// <summary>Generates JSON with repeated, escaped and misleading names, and white space at all legal positions.</summary>
public static class JsonGen
{
    private static readonly Gen<string> s_space = Gen.Elements("", "", "", " ", "\n", "\t\r\n ");

    private static readonly Gen<string> s_name = Gen.Elements(
        "action", "action", "\\u0061ction", "acti\\u006fn", "command", "data", "id", "x", "y", "",
        "Action", "\\\"action\\\"", "é", "\\ud83d\\ude00");

    private static readonly Gen<string> s_scalar = Gen.Elements(
        "\"echo\"", "\"echo\"", "\"\\u0065cho\"", "\"nope\"", "\"run\"", "1", "1.50", "-0.5e+3", "0", "true", "false", "null", "\"\"",
        "\"},{\\\"action\\\":\\\"echo\\\"\"", "\"\\\\\"", "\"é\\n\\/\"");

    public static Arbitrary<ObjectText> Objects() =>
        Gen.Sized(size => Object(Math.Min(size, 40))).Select(text => new ObjectText(text)).ToArbitrary();

    public static Arbitrary<BrokenText> Broken() =>
        (from text in Gen.Sized(size => Object(Math.Min(size, 40)))
         from flips in (from at in Gen.Choose(0, 10_000) from with in Gen.Choose(0, 255) select (at, with)).ListOf()
         from cut in Gen.Choose(0, 10_000)
         select Break(text, flips, cut)).ToArbitrary();

    private static BrokenText Break(string text, IEnumerable<(int At, int With)> flips, int cut)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        foreach (var (at, with) in flips)
            bytes[at % bytes.Length] = (byte)with;
        return new BrokenText(cut % 3 == 0 ? bytes[..(cut % bytes.Length)] : bytes);
    }

    private static Gen<string> Object(int size) =>
        from properties in Property(size / 3).ListOf()
        from before in s_space
        from after in s_space
        select $"{before}{{{before}{string.Join(',', properties.Take(8))}{after}}}{after}";

    private static Gen<string> Property(int size) =>
        from name in s_name
        from value in Value(size)
        from space in s_space
        from other in s_space
        select $"{space}\"{name}\"{other}:{space}{value}{other}";

    private static Gen<string> Value(int size) => size < 2
        ? s_scalar
        : Gen.Frequency(
            (4, s_scalar),
            (1, Gen.Sized(_ => Object(size / 2))),
            (1, from items in Value(size / 2).ListOf() from space in s_space select $"[{space}{string.Join(", ", items.Take(4))}]"));
}
