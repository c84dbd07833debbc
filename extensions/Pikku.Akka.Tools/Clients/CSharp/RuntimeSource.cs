using System.Reflection;

namespace Pikku.Akka.Clients.CSharp;

/// <summary>The part of a client that does not depend on the contract: C# sources that this library embeds and does not compile.</summary>
internal static class RuntimeSource
{
    private const string Folder = "Pikku.Akka.Clients.CSharp/";

    private static readonly Assembly Library = typeof(RuntimeSource).Assembly;

    private static readonly string[] Files =
        [.. Library.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <summary>The names of the types; each file contains one.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Files.Select(file => Path.GetFileNameWithoutExtension(file[Folder.Length..]))];

    /// <summary>The sources, without their namespaces.</summary>
    public static IEnumerable<string> Read() => Files.Select(file =>
    {
        using var reader = new StreamReader(Library.GetManifestResourceStream(file)!);
        var text = reader.ReadToEnd().ReplaceLineEndings("\n");
        return text[(text.IndexOf(";\n", StringComparison.Ordinal) + 2)..].Trim('\n');
    });
}
