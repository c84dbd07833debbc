using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Pikku.Akka.Tests.Clients.CSharp;

/// <summary>Compiles a generated client like an application outside of this repository.</summary>
internal static class GeneratedAssembly
{
    // The language version of .NET 8, the oldest supported version.
    private static readonly CSharpParseOptions Options = new(LanguageVersion.CSharp12, DocumentationMode.Diagnose);

    // Only .NET itself: no assemblies of this repository or of ASP.NET Core. Read once, because that takes longer than a compilation.
    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetDirectoryName(path) == Path.GetDirectoryName(typeof(object).Assembly.Location))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    public static CSharpCompilation Compile(string source) => CSharpCompilation.Create(
        "Client",
        [CSharpSyntaxTree.ParseText(source, Options)],
        References,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    public static Assembly Load(string source)
    {
        using var image = new MemoryStream();
        var result = Compile(source).Emit(image);
        if (!result.Success)
            throw new InvalidOperationException(string.Join('\n', result.Diagnostics) + source);
        image.Position = 0;
        return new AssemblyLoadContext("client").LoadFromStream(image);
    }
}
