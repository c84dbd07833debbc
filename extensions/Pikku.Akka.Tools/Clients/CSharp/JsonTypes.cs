namespace Pikku.Akka.Clients.CSharp;

/// <summary>The types whose metadata the source generator of System.Text.Json creates, in the order in which they were added.</summary>
internal sealed class JsonTypes
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly List<(string Type, string? Name)> _all = [];

    // The generator writes a file for each name, and the names of files must differ in more than their case.
    private readonly HashSet<string> _taken = new(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyList<(string Type, string? Name)> All => _all;

    /// <param name="type">The type in C#, without the mark of references that may be null.</param>
    /// <param name="isBuiltIn">True for a type of .NET, which keeps the name that the generator gives it: it derives the name of the converter from it.</param>
    public void Add(string type, bool isBuiltIn = false)
    {
        if (!_known.Add(type))
            return;
        if (isBuiltIn)
        {
            _all.Add((type, null));
            return;
        }

        // The generator's own names have no underscore, so a type of the application cannot take one of them, nor a member of the context.
        var text = new string([.. type.Select(character => char.IsAsciiLetterOrDigit(character) ? character : '_')]) + "_";
        var name = text;
        for (var number = 2; !_taken.Add(name); number++)
            name = FormattableString.Invariant($"{text}{number}");
        _all.Add((type, name));
    }
}
