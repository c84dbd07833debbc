using System.Globalization;
using Pikku.Akka.Contracts.Types;

namespace Pikku.Akka.Clients.CSharp;

/// <summary>Creates names that differ from each other and from reserved names.</summary>
/// <param name="reserved">The reserved names.</param>
internal sealed class NameScope(IEnumerable<string> reserved)
{
    private static readonly HashSet<string> Keywords = new(
        """
        abstract as base bool break byte case catch char checked class const continue decimal default delegate do double else enum event explicit
        extern false finally fixed float for foreach goto if implicit in int interface internal is lock long namespace new null object operator out
        override params private protected public readonly ref return sbyte sealed short sizeof stackalloc static string struct switch this throw true
        try typeof uint ulong unchecked unsafe ushort using virtual void volatile while
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries),
        StringComparer.Ordinal);

    /// <summary>The members of every object, and the names that a record may not declare.</summary>
    public static readonly string[] Members =
        ["Clone", "EqualityContract", "Equals", "Finalize", "GetHashCode", "GetType", "MemberwiseClone", "PrintMembers", "ReferenceEquals", "ToString"];

    private readonly HashSet<string> _names = new(reserved, StringComparer.Ordinal);

    /// <summary>Reserves and returns a unique name.</summary>
    /// <param name="before">The prefix, such as <c>On</c>.</param>
    /// <param name="text">Any text; only its letters and digits are used.</param>
    /// <param name="after">The suffix, such as <c>Async</c>.</param>
    /// <param name="kind">A second suffix that is used if the name is taken. If that name is taken too, a number is added.</param>
    public string Reserve(string before, string text, string after, string kind)
    {
        var word = Pascal(text);
        var name = before + word + after;
        if (_names.Contains(name) && !_issued.Contains(name))
            name = before + word + kind + after;
        for (var number = 2; !_names.Add(name); number++)
            name = string.Create(CultureInfo.InvariantCulture, $"{before}{word}{number}{after}");
        _issued.Add(name);
        return name;
    }

    private readonly HashSet<string> _issued = new(StringComparer.Ordinal);

    public static string Pascal(string text) => DeclarationNames.Identifier(text);

    /// <summary>Converts a name to the name of a parameter.</summary>
    public static string Camel(string text)
    {
        var name = Pascal(text);
        name = char.ToLowerInvariant(name[0]) + name[1..];
        return Keywords.Contains(name) ? "@" + name : name;
    }
}
