using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Runtime.CompilerServices;

namespace Pikku.Akka.Cli;

/// <summary>Finds the source files of functions in the portable PDB that is next to an assembly or embedded in it.</summary>
/// <param name="folders">Paths below one of these folders are shown relative to it.</param>
internal sealed class SourceFiles(params string?[] folders)
{
    private const BindingFlags Own = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private readonly Dictionary<Assembly, IReadOnlyDictionary<int, string>> _files = [];

    /// <summary>Returns the file that declares a function; empty if there is no PDB.</summary>
    public string Of(FunctionDescriptor function)
    {
        // Any method that the class declares will do; inherited methods may be in another file.
        IEnumerable<MethodBase> methods = function.Method is { } method
            ? [method]
            : [.. function.Class!.GetMethods(Own), .. function.Class.GetConstructors(Own)];
        return methods.Select(Of).FirstOrDefault(file => file.Length > 0) ?? "";
    }

    private string Of(MethodBase method)
    {
        // The code of an asynchronous method is in its state machine.
        var code = method.GetCustomAttribute<StateMachineAttribute>() is { StateMachineType: var machine }
            ? machine.GetMethod(nameof(IAsyncStateMachine.MoveNext), Own)!
            : method;
        if (code.DeclaringType is null)
            return ""; // The method was created at run time.
        if (!_files.TryGetValue(code.Module.Assembly, out var files))
            _files.Add(code.Module.Assembly, files = Read(code.Module.Assembly.Location));
        return files.TryGetValue(code.MetadataToken, out var file) ? Shorten(file) : "";
    }

    private string Shorten(string file) =>
        folders.OfType<string>().Select(folder => Path.GetRelativePath(folder, file)).Where(path => !path.StartsWith("..", StringComparison.Ordinal))
            .Append(file).MinBy(path => path.Length)!.Replace('\\', '/');

    private static Dictionary<int, string> Read(string assembly)
    {
        if (assembly.Length == 0)
            return []; // The assembly is bundled into a single file or was loaded from memory.
        try
        {
            using var image = new PEReader(File.OpenRead(assembly));
            if (!image.TryOpenAssociatedPortablePdb(assembly, path => File.Exists(path) ? File.OpenRead(path) : null, out var pdb, out _))
                return [];
            using (pdb)
                return Read(pdb!.GetMetadataReader());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or BadImageFormatException)
        {
            return [];
        }
    }

    private static Dictionary<int, string> Read(MetadataReader pdb)
    {
        var files = new Dictionary<int, string>();
        foreach (var handle in pdb.MethodDebugInformation)
        {
            var method = pdb.GetMethodDebugInformation(handle);
            var point = method.GetSequencePoints().FirstOrDefault(p => !p.IsHidden);
            if (!point.Document.IsNil)
                files.Add(MetadataTokens.GetToken(handle.ToDefinitionHandle()), pdb.GetString(pdb.GetDocument(point.Document).Name));
        }

        return files;
    }
}
