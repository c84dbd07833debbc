using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace Pikku.Akka.Tests.Docs;

/// <summary>Compiles the server of the tutorial in this process, in a fraction of the time of a build.</summary>
internal static class TutorialCompiler
{
    // Those of the SDK for web applications.
    private const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Net.Http.Json;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Microsoft.AspNetCore.Builder;
        global using Microsoft.AspNetCore.Hosting;
        global using Microsoft.AspNetCore.Http;
        global using Microsoft.AspNetCore.Routing;
        global using Microsoft.Extensions.Configuration;
        global using Microsoft.Extensions.DependencyInjection;
        global using Microsoft.Extensions.Hosting;
        global using Microsoft.Extensions.Logging;
        """;

    /// <summary>Asserts that the files compile without warnings.</summary>
    /// <param name="program">The folder of the built application, with the assemblies of its packages.</param>
    /// <param name="files">The files of the reader.</param>
    public static void AssertCompiles(string program, IReadOnlyDictionary<string, string> files)
    {
        var libraries = Directory.GetFiles(program, "*.dll").Where(file => Path.GetFileName(file) != "Kanban.dll").ToDictionary(file => Path.GetFileName(file));
        foreach (var file in ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator))
            if (Path.GetFileName(file) is var name && (name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.", StringComparison.Ordinal) || name == "netstandard.dll"))
                libraries.TryAdd(name, file);
        var sources = files.Where(file => file.Key.StartsWith("Kanban/", StringComparison.Ordinal) && file.Key.EndsWith(".cs", StringComparison.Ordinal)).Select(file => file.Value).Append(Usings);
        var compilation = CSharpCompilation.Create(
            "Kanban",
            sources.Select(source => CSharpSyntaxTree.ParseText(source, new CSharpParseOptions(LanguageVersion.Latest))),
            libraries.Values.Where(IsManaged).Select(file => MetadataReference.CreateFromFile(file)),
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));

        Assert.Empty(compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning));
    }

    private static bool IsManaged(string file)
    {
        using var image = new System.Reflection.PortableExecutable.PEReader(File.OpenRead(file));
        return image.HasMetadata;
    }
}
