using System.Globalization;
using Pikku.Akka.Contracts.Types;

namespace Pikku.Akka.Clients.CSharp;

/// <summary>Names that must differ from one another, and from some that are taken.</summary>
/// <param name="taken">Those.</param>
internal sealed class NameScope(IEnumerable<string> taken)
{
    private static readonly HashSet<string> Keywords = new(
        """
        abstract as base bool break byte case catch char checked class const continue decimal default delegate do double else enum event explicit
        extern false finally fixed float for foreach goto if implicit in int interface internal is lock long namespace new null object operator out
        override params private protected public readonly ref return sbyte sealed short sizeof stackalloc static string struct switch this throw true
        try typeof uint ulong unchecked unsafe ushort using virtual void volatile while
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries),
        StringComparer.Ordinal);

    /// <summary>What every object has, and what a record may not declare.</summary>
    public static readonly string[] Members =
        ["Clone", "EqualityContract", "Equals", "Finalize", "GetHashCode", "GetType", "MemberwiseClone", "PrintMembers", "ReferenceEquals", "ToString"];

    private readonly HashSet<string> _names = new(taken, StringComparer.Ordinal);

    /// <summary>Gives a name that nothing else has.</summary>
    /// <param name="before">What stands before it, such as <c>On</c>.</param>
    /// <param name="text">Any text; its letters and digits count.</param>
    /// <param name="after">What stands after it, such as <c>Async</c>.</param>
    /// <param name="kind">What makes a name that is taken another one; then numbers do.</param>
    public string Give(string before, string text, string after, string kind)
    {
        var word = Pascal(text);
        var name = before + word + after;
        if (_names.Contains(name) && !_given.Contains(name))
            name = before + word + kind + after;
        for (var number = 2; !_names.Add(name); number++)
            name = string.Create(CultureInfo.InvariantCulture, $"{before}{word}{number}{after}");
        _given.Add(name);
        return name;
    }

    private readonly HashSet<string> _given = new(StringComparer.Ordinal);

    public static string Pascal(string text) => DeclarationNames.Identifier(text);

    /// <summary>A name as that of a parameter.</summary>
    public static string Camel(string text)
    {
        var name = Pascal(text);
        name = char.ToLowerInvariant(name[0]) + name[1..];
        return Keywords.Contains(name) ? "@" + name : name;
    }
}
