using System.Text.RegularExpressions;
using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using Xunit;

namespace Pikku.Akka.Tests.Architecture;

/// <summary>
/// A folder of the server or of its tools may use only folders below it. The spec checks the compiled code, including lambdas and asynchronous
/// methods, and the <c>using</c>s, which also show uses that leave no trace in the compiled code: constants and names.
/// </summary>
public sealed partial class FloorsSpec
{
    // Two folders on one floor do not use each other. Cli, Endpoints, Clients, AsyncApi and Contracts are folders of the tools, a project of
    // their own, which the server can't use.
    private static readonly string[][] FloorsFromTheTop =
    [
        ["Cli"],
        ["Endpoints", "Api"],
        ["Hosting"],
        ["WebSockets", "EventStreams"],
        ["Requests"],
        ["Inspection"],
        ["Cluster", "Clients", "AsyncApi"],
        ["Connections", "Contracts"],
        ["Channels"],
        ["Functions", "EventHub"],
        ["Replication"],
        ["Wiring", "Settings", "Dispatch"],
        ["Protocol", "Sessions", "Diagnostics"],
    ];

    /// <summary>Namespaces that only some folders may use, with the reason.</summary>
    private static readonly Dictionary<string, (string[] Folders, string Reason)> Restricted = new()
    {
        ["Akka"] = (
            ["Settings", "Dispatch", "Functions", "EventHub", "Channels", "Connections", "Cluster", "Requests", "WebSockets", "EventStreams", "Hosting"],
            "the wire format, sessions, metrics and the public API do not need actors"),
        ["Akka.Streams"] = (["Channels"], "the flow of messages is defined in one place"),
        ["Akka.Cluster"] = (["Cluster"], "only this folder needs to know the other nodes"),
        ["Akka.DistributedData"] = ([], "state is replicated by the lanes"),
        ["Akka.Hosting"] = ([], "an application that uses it references Pikku.Akka.Hosting, and no other has to"),
        ["System.Net.WebSockets"] = (["WebSockets"], "messages are handled without a socket"),
        ["Namotion.Reflection"] = (["Contracts"], "the types of a contract are read in one place"),
        ["System.CommandLine"] = (["Cli"], "a running node has no commands"),
        ["Spectre.Console"] = (["Cli"], "a running node has no commands"),
        ["Microsoft.AspNetCore"] = (["Requests", "WebSockets", "EventStreams", "Hosting", "Api", "Endpoints", "Cli"], "connections do not depend on HTTP requests"),
        ["Microsoft.Net.Http"] = (["Requests", "WebSockets", "EventStreams", "Hosting", "Api", "Endpoints"], "connections do not depend on HTTP requests"),
    };

    private const string ConventionsOfChannels = "A channel takes the conventions of its endpoint where it is wired, and Hosting applies them.";

    /// <summary>Types that may use more than their folder, each with its reason.</summary>
    private static readonly Dictionary<(string Type, string Namespace), string> Excepted = new()
    {
        [("WiringCompiler", "Microsoft.AspNetCore.Routing.Patterns")] =
            "The start checks a route with the parser that will read it, because another parser would accept other routes.",
        [("SuppliedParameters", "Microsoft.AspNetCore.Mvc")] =
            "[FromServices] marks a service in the parameters of minimal APIs, and handlers are bound like those.",
        [("FunctionBinder", "Microsoft.AspNetCore.Http")] = "A handler that returns IResult, as in a minimal API, is refused.",
        [("FunctionBinder", "Microsoft.AspNetCore.Authorization")] = "[Authorize] on a handler is refused, because nothing would evaluate it.",
        [("PermissionBinder", "Microsoft.AspNetCore.Authorization")] = "RequirePolicy asks the policies of ASP.NET Core.",
        [("ChannelBuilder", "Microsoft.AspNetCore.Builder")] = ConventionsOfChannels,
        [("ChannelDefinition", "Microsoft.AspNetCore.Builder")] = ConventionsOfChannels,
        [("ChannelMerge", "Microsoft.AspNetCore.Builder")] = ConventionsOfChannels,
        [("CompiledChannel", "Microsoft.AspNetCore.Builder")] = ConventionsOfChannels,
    };

    private static readonly ILookup<string, Reference> References = ReadReferences();

    public static TheoryData<string> Folders => new(SourceTree.Folders);

    public static TheoryData<string> RestrictedNamespaces => new(Restricted.Keys);

    [Fact]
    public void Every_folder_has_a_floor() =>
        Assert.Equal(SourceTree.Folders.Order(StringComparer.Ordinal), FloorsFromTheTop.SelectMany(f => f).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_type_of_the_library_is_found_in_a_folder()
    {
        var homeless = SourceTree.Assemblies.SelectMany(assembly => assembly.GetTypes())
            .Where(type => !type.IsNested && type.Namespace?.StartsWith("Pikku.Akka", StringComparison.Ordinal) == true)
            .Where(type => SourceTree.FolderOfType(type.FullName!) is null);
        Assert.Empty(homeless);
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_folder_uses_only_folders_below_it(string folder)
    {
        var compiled = References[folder].Where(r => r.Folder is { } used && !MayUse(folder, used)).Select(r => $"{r.Type} uses {r.Target}");
        var imported = from u in SourceTree.UsingsOf(folder)
                       where u.Namespace.StartsWith("Pikku.Akka.", StringComparison.Ordinal) && !MayUse(folder, u.Namespace.Split('.')[2])
                       select $"{u.File} imports {u.Namespace}";
        AssertNone(compiled.Concat(imported), $"{folder} stands on floor {FloorOf(folder)} and may use only what stands below it");
    }

    [Theory]
    [MemberData(nameof(RestrictedNamespaces))]
    public void A_restricted_namespace_is_used_only_in_its_folders(string restricted)
    {
        var (folders, reason) = Restricted[restricted];
        var others = SourceTree.Folders.Except(folders).ToArray();
        var compiled = from folder in others
                       from r in References[folder]
                       where IsIn(r.Target, restricted) && !IsExcepted(r)
                       select $"{r.Type} uses {r.Target}";
        var imported = from folder in others
                       from u in SourceTree.UsingsOf(folder)
                       where IsIn(u.Namespace, restricted) && !Excepted.ContainsKey((Path.GetFileNameWithoutExtension(u.File), u.Namespace))
                       select $"{u.File} imports {u.Namespace}";
        AssertNone(compiled.Concat(imported), $"{restricted} is for {string.Join(", ", folders)} only, because {reason}");
    }

    [Fact]
    public void Settings_use_only_the_configuration_of_Akka()
    {
        var others = References["Settings"].Where(r => IsIn(r.Target, "Akka") && !IsIn(r.Target, "Akka.Configuration"));
        AssertNone(others.Select(r => $"{r.Type} uses {r.Target}"), "Settings read HOCON and know no actors");
    }

    /// <summary>
    /// What a message looks like on a WebSocket is made and read in one folder, so that no other transport has to undo it. Generated clients have
    /// the framework's WebSocket, and other nodes frames of their own.
    /// </summary>
    [Fact]
    public void Frames_and_their_headers_are_known_to_WebSockets_alone()
    {
        var others = SourceTree.Folders.Except(["WebSockets"]).ToArray();
        var compiled = from folder in others
                       from r in References[folder]
                       where r.Target.StartsWith("Pikku.Akka.WebSockets.", StringComparison.Ordinal) && FrameHeaders().IsMatch(r.Target)
                       select $"{r.Type} uses {r.Target}";
        var written = from folder in others
                      from file in SourceTree.SourcesOf(folder)
                      from Match match in FrameHeaders().Matches(File.ReadAllText(file))
                      select $"{Repository.Relative(file)} has {match.Value}";
        AssertNone(compiled.Concat(written), "Frames of WebSockets are made, read and measured in WebSockets/ only");
    }

    [Fact]
    public void The_rule_about_frames_finds_what_it_looks_for() =>
        Assert.All(
            ["Opcode", "ParsedHeader", "FrameRules", "FrameReader", "FrameEncoder"],
            type => Assert.Contains(
                SourceTree.SourcesOf("WebSockets"),
                file => Path.GetFileNameWithoutExtension(file) == type && FrameHeaders().IsMatch(File.ReadAllText(file))));

    [Fact]
    public void Every_exception_is_still_needed()
    {
        var needed = References.SelectMany(folder => folder).Select(r => (r.Name, r.Space)).ToHashSet();
        AssertNone(Excepted.Keys.Where(e => !needed.Contains(e)).Select(e => $"{e.Type} for {e.Namespace}"), "Remove exceptions that nobody needs");
    }

    private static int FloorOf(string folder) => FloorsFromTheTop.Length - 1 - Array.FindIndex(FloorsFromTheTop, floor => floor.Contains(folder));

    private static bool MayUse(string folder, string used) => folder == used || FloorOf(used) < FloorOf(folder);

    private static bool IsIn(string name, string space) =>
        name.StartsWith(space, StringComparison.Ordinal) && (name.Length == space.Length || name[space.Length] == '.');

    private static bool IsExcepted(Reference reference) => Excepted.ContainsKey((reference.Name, reference.Space));

    private static void AssertNone(IEnumerable<string> violations, string rule)
    {
        var found = violations.Distinct().ToArray();
        Assert.True(found.Length == 0, $"{rule}:{string.Concat(found.Select(f => Environment.NewLine + "  - " + f))}");
    }

    // Opcodes, the first byte of a frame with FIN, and the types of the folder.
    [GeneratedRegex(@"\b[Oo]pcode\w*|\w+Opcode\b|\b0[xX]8[0-9A-Fa-f]\b|\bFrame(Rules|Encoder|Reader|Mask)\b|\bParsedHeader\b")]
    private static partial Regex FrameHeaders();

    private static ILookup<string, Reference> ReadReferences()
    {
        var library = new ArchLoader().LoadAssemblies([.. SourceTree.Assemblies]).Build();
        var references =
            from type in library.Types
            let folder = SourceTree.FolderOfType(type.FullName)
            where folder is not null
            from target in type.Dependencies.Select(dependency => dependency.Target)
            where target is not GenericParameter
            select (folder, Reference: new Reference(type.FullName, target.FullName, SourceTree.FolderOfType(target.FullName)));
        return references.Distinct().ToLookup(r => r.folder, r => r.Reference);
    }

    /// <summary>A type uses another type; the folder is that of the used type, if it belongs to the library.</summary>
    private sealed record Reference(string Type, string Target, string? Folder)
    {
        public string Name => Type[(Type.LastIndexOf('.') + 1)..];

        public string Space => Target[..Math.Max(0, Target.LastIndexOf('.'))];
    }
}
