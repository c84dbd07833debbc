using System.Reflection;
using System.Runtime.Loader;
using System.Text.Json;
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

    // Part of the SDK: projects on .NET have it without a reference.
    private static readonly ISourceGenerator JsonGenerator = LoadJsonGenerator();

    /// <summary>Compiles a client and what the source generator of System.Text.Json adds to it. The client is the first syntax tree.</summary>
    /// <param name="source">The client.</param>
    /// <param name="packages">Assemblies that the client uses besides .NET.</param>
    public static CSharpCompilation Compile(string source, params Assembly[] packages)
    {
        var client = CSharpCompilation.Create(
            "Client",
            [CSharpSyntaxTree.ParseText(source, Options)],
            [.. References, .. packages.Select(package => MetadataReference.CreateFromFile(package.Location))],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        CSharpGeneratorDriver.Create([JsonGenerator], parseOptions: Options).RunGeneratorsAndUpdateCompilation(client, out var complete, out var problems);
        return problems.IsEmpty ? (CSharpCompilation)complete : throw new InvalidOperationException(string.Join('\n', problems));
    }

    /// <summary>How the client reads and writes JSON.</summary>
    public static object JsonOf(Assembly client, string @namespace) =>
        client.GetType($"{@namespace}.PikkuWebSocket")!.GetField("s_json", BindingFlags.NonPublic | BindingFlags.Static)!.GetValue(null)!;

    /// <summary>The options with which the client reads and writes JSON.</summary>
    public static JsonSerializerOptions OptionsOf(Assembly client, string @namespace)
    {
        var json = JsonOf(client, @namespace);
        return (JsonSerializerOptions)json.GetType().GetProperty("Options", BindingFlags.NonPublic | BindingFlags.Instance)!.GetValue(json)!;
    }

    private static ISourceGenerator LoadJsonGenerator()
    {
        // dotnet/shared/Microsoft.NETCore.App/10.0.0
        var dotnet = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", ".."));
        var file = Directory.EnumerateFiles(Path.Combine(dotnet, "packs", "Microsoft.NETCore.App.Ref"), "System.Text.Json.SourceGeneration.dll", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal).Last();
        var type = Assembly.LoadFrom(file).GetType("System.Text.Json.SourceGeneration.JsonSourceGenerator")!;
        return ((IIncrementalGenerator)Activator.CreateInstance(type)!).AsSourceGenerator();
    }

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
