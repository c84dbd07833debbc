using System.Globalization;

namespace Pikku.Akka.Contracts.Types;

/// <summary>Names declarations after their types. If two types have the same name, longer names distinguish them.</summary>
internal static class DeclarationNames
{
    /// <summary>The prefix of types that every generated client has.</summary>
    private const string ReservedPrefix = "Pikku";

    /// <summary>Names with another meaning in TypeScript, C# or generated code.</summary>
    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal)
    {
        "AbortSignal", "Array", "ArrayBuffer", "Awaited", "Base64", "Boolean", "Channels", "Date", "DateOnly", "DateTime", "DateTimeOffset", "Decimal",
        "Error", "Event", "Exception", "Function", "Guid", "Infinity", "Int64", "Map", "NaN", "Number", "NumberOrName", "NumberText", "Object", "Omit", "Partial", "Pick", "Promise", "Readonly", "Record", "RegExp", "Required", "Route", "Set", "String", "Symbol", "System", "Task",
        "TimeOnly", "TimeSpan", "URL", "Uint8Array", "Uri", "WebSocket",
    };

    /// <summary>Names all declarations; equal declarations share a name.</summary>
    /// <returns>The declarations that have their own name, in the order of their names.</returns>
    public static IReadOnlyList<Declaration> Assign(IReadOnlyCollection<Declaration> all)
    {
        var twins = DeclarationTwins.Find(all);
        var own = all.Where(declaration => !twins.ContainsKey(declaration)).ToArray();
        var both = own.GroupBy(declaration => (declaration.Type, declaration.Form)).Where(type => type.Count() > 1).Select(type => type.Key).ToHashSet();
        var open = own.Select(declaration => (
            Declaration: declaration, Candidates: Candidates(declaration, both.Contains((declaration.Type, declaration.Form)) ? Suffix(declaration) : "").ToArray())).ToList();
        var used = new HashSet<string>(Reserved, StringComparer.Ordinal);
        for (var attempt = 0; open.Count > 0; attempt++)
        {
            // If several declarations have the same candidate, none gets it; otherwise the order of the wiring would decide which one does.
            var groups = open.GroupBy(one => one.Candidates[Math.Min(attempt, one.Candidates.Length - 1)], StringComparer.Ordinal).ToArray();
            open = [];
            foreach (var group in groups)
            {
                var isLast = group.All(one => attempt >= one.Candidates.Length - 1);
                foreach (var (declaration, candidates) in group)
                {
                    if (group.Count() == 1 && !group.Key.StartsWith(ReservedPrefix, StringComparison.Ordinal) && used.Add(group.Key))
                        declaration.Name = group.Key;
                    else if (isLast)
                        declaration.Name = Numbered(group.Key, used);
                    else
                        open.Add((declaration, candidates));
                }
            }
        }

        foreach (var (input, output) in twins)
            input.Name = output.Name;
        return [.. own.OrderBy(declaration => declaration.Name, StringComparer.Ordinal)];
    }

    // The input of Todo is TodoInput; the output of TodoInput is TodoInputOutput.
    private static string Suffix(Declaration declaration) => (declaration.Type.Name.EndsWith("Input", StringComparison.Ordinal), declaration.Direction) switch
    {
        (true, Direction.Output) => "Output",
        (false, Direction.Input) => "Input",
        _ => "",
    };

    private static IEnumerable<string> Candidates(Declaration declaration, string suffix)
    {
        var type = declaration.Type;
        var name = declaration.IsAnonymous ? Identifier(declaration.Place) : NameOf(type);
        yield return name + suffix;
        if (declaration.IsAnonymous)
            yield break;
        if (type.DeclaringType is { } outer)
            yield return NameOf(outer) + name + suffix;
        var spaces = (type.Namespace ?? "").Split('.', StringSplitOptions.RemoveEmptyEntries);
        for (var count = 1; count <= spaces.Length; count++)
            yield return Identifier(string.Concat(spaces[^count..])) + (type.DeclaringType is { } declaring ? NameOf(declaring) : "") + name + suffix;
        // The same enumeration may be written by name in one place and by number in another.
        if (declaration is EnumDeclaration { Values: [var value, ..] })
            yield return name + (value.Json.GetValueKind() == System.Text.Json.JsonValueKind.String ? "Text" : "Number") + suffix;
    }

    private static string NameOf(Type type)
    {
        if (type.IsArray)
            return NameOf(type.GetElementType()!) + "Array";
        var name = Identifier(type.Name.Split('`')[0]);
        return type.IsConstructedGenericType ? $"{name}Of{string.Join("And", type.GenericTypeArguments.Select(NameOf))}" : name;
    }

    /// <summary>Converts a text to an identifier in Pascal case: <c>todos-live</c> becomes <c>TodosLive</c>.</summary>
    public static string Identifier(string text)
    {
        var words = new List<string>();
        var word = new System.Text.StringBuilder();
        foreach (var character in text)
        {
            if (char.IsLetterOrDigit(character))
                word.Append(word.Length == 0 ? char.ToUpper(character, CultureInfo.InvariantCulture) : character);
            else if (word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }
        }

        var identifier = string.Concat(words.Append(word.ToString()));
        return identifier.Length == 0 ? "Unnamed" : char.IsDigit(identifier[0]) ? "N" + identifier : identifier;
    }

    private static string Numbered(string name, HashSet<string> used)
    {
        for (var number = 2; ; number++)
            if (used.Add(string.Create(CultureInfo.InvariantCulture, $"{name}{number}")))
                return string.Create(CultureInfo.InvariantCulture, $"{name}{number}");
    }
}
