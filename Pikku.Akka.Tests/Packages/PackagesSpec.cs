using System.Buffers.Binary;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using Pikku.Akka.Tests.Analyzers;
using Pikku.Akka.Tests.Docs;
using Xunit;

namespace Pikku.Akka.Tests.Packages;

/// <summary>What a release publishes: what the packages say of themselves, what they bring along, and that they are all that an application needs.</summary>
[Collection(PackagesCollection.Name)]
public sealed class PackagesSpec(PackedFeed feed)
{
    private const string Server = "Pikku.Akka";
    private const string Tools = "Pikku.Akka.Tools";
    private const string Hosting = "Pikku.Akka.Hosting";
    private const string Kubernetes = "Pikku.Akka.Kubernetes";
    private const string Testing = "Pikku.Akka.Testing";
    private const string Client = "Pikku.Akka.Client";

    // https://github.com/dotnet/runtime/blob/main/docs/design/specs/PortablePdb-Metadata.md
    private static readonly Guid s_embeddedSource = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE");

    /// <summary>The packages, each with the folder of its project.</summary>
    public static TheoryData<string, string> Packages => new() { { Server, "Pikku.Akka" }, { Tools, "extensions/Pikku.Akka.Tools" }, { Hosting, "extensions/Pikku.Akka.Hosting" }, { Kubernetes, "extensions/Pikku.Akka.Kubernetes" }, { Testing, "extensions/Pikku.Akka.Testing" }, { Client, "extensions/Pikku.Akka.Client" } };

    [Fact]
    public void Every_package_is_checked_here_or_is_that_of_the_templates() =>
        Assert.Equal(feed.Ids, Packages.Select(row => (string)row[0]).Append("Pikku.Akka.Templates").Order(StringComparer.Ordinal));

    [Fact]
    public void Packing_warns_of_nothing()
    {
        Assert.DoesNotMatch(@"\bwarning [A-Z]+[0-9]+", feed.Output);
        Assert.DoesNotContain("is missing", feed.Output, StringComparison.Ordinal); // such as a readme, of which NuGet only informs
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void A_package_says_what_it_is(string id, string project)
    {
        using var package = feed.Open(id);

        Assert.Equal(id, package.Value("id"));
        Assert.Equal(feed.Version, package.Value("version"));
        Assert.Equal("MIT", package.Value("license"));
        Assert.Equal("expression", package.Element("license").Attribute("type")?.Value);
        foreach (var name in (string[])["authors", "description", "copyright", "tags"])
            Assert.NotEmpty(package.Value(name));
        Assert.Equal(File.ReadAllBytes(Repository.PathOf(project, "README.md")), package.Read(package.Value("readme")));
        Assert.StartsWith("CHANGELOG.md", package.Value("releaseNotes"), StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(Repository.PathOf("CHANGELOG.md")), package.Read("CHANGELOG.md"));
        Assert.Equal((128, 128), SizeOfPng(package.Read(package.Value("icon"))));
        Assert.Contains($"lib/net10.0/{id}.xml", package.Files);
    }

    [Theory]
    [InlineData(Server)]
    [InlineData(Tools)]
    public void A_package_names_its_commit_and_no_folder_of_this_machine(string id)
    {
        using var package = feed.Open(id);
        var repository = package.Element("repository");

        Assert.Equal("git", repository.Attribute("type")?.Value);
        // Sources that were copied without Git have no commit.
        if (Path.Exists(Repository.PathOf(".git")))
            Assert.Matches("^[0-9a-f]{40}$", repository.Attribute("commit")?.Value);
        // The address is that of the remote. One that is a folder of this machine is none.
        Assert.All(
            new[] { repository.Attribute("url")?.Value, package.Metadata.Elements().SingleOrDefault(e => e.Name.LocalName == "projectUrl")?.Value }.OfType<string>(),
            address => Assert.StartsWith("https://", address, StringComparison.Ordinal));
        Assert.DoesNotContain(Repository.Root, Encoding.UTF8.GetString(package.Read($"lib/net10.0/{id}.dll")), StringComparison.Ordinal);
    }

    [Fact]
    public void The_server_depends_on_packages_of_Akka_and_on_the_framework_only()
    {
        using var package = feed.Open(Server);

        Assert.NotEmpty(package.Dependencies);
        Assert.All(package.Dependencies, dependency => Assert.True(dependency.Id is "Akka" || dependency.Id.StartsWith("Akka.", StringComparison.Ordinal), dependency.Id));
        Assert.Equal(["Microsoft.AspNetCore.App"], package.Metadata.Descendants().Where(e => e.Name.LocalName == "frameworkReference").Select(e => e.Attribute("name")!.Value));
        Assert.Contains("buildTransitive/Pikku.Akka.props", package.Files);
    }

    [Fact]
    public void The_server_brings_its_analyzers_and_their_pages()
    {
        using var package = feed.Open(Server);

        Assert.Equal(["analyzers/dotnet/cs/Pikku.Akka.Analyzers.dll", "analyzers/dotnet/cs/Pikku.Akka.CodeFixes.dll"], package.Files.Where(file => file.StartsWith("analyzers/", StringComparison.Ordinal)).Order());
        Assert.All(AnalyzedCode.Rules, rule => Assert.Contains($"docs/analyzers/{rule.Id}.md", package.Files));
        foreach (var file in package.Files.Where(file => file.StartsWith("analyzers/", StringComparison.Ordinal)))
            Assert.DoesNotContain(Repository.Root, Encoding.UTF8.GetString(package.Read(file)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_tools_depend_on_the_server_of_their_version_and_on_what_they_use_themselves()
    {
        using var package = feed.Open(Tools);

        Assert.Equal(
            ["Namotion.Reflection", Server, "Spectre.Console", "System.CommandLine"],
            package.Dependencies.Select(dependency => dependency.Id).Order(StringComparer.Ordinal));
        Assert.Contains((Server, feed.Version), package.Dependencies);
    }

    [Fact]
    public void The_package_for_an_own_actor_system_depends_on_the_server_of_its_version_and_on_Akka_Hosting()
    {
        using var package = feed.Open(Hosting);

        Assert.Equal(["Akka.Hosting", Server], package.Dependencies.Select(dependency => dependency.Id).Order(StringComparer.Ordinal));
        Assert.Contains((Server, feed.Version), package.Dependencies);
    }

    [Fact]
    public void The_package_for_Kubernetes_depends_on_the_server_of_its_version_only()
    {
        using var package = feed.Open(Kubernetes);

        Assert.Equal([(Server, feed.Version)], package.Dependencies);
    }

    [Fact]
    public void The_package_for_tests_depends_on_the_server_of_its_version_and_on_no_test_framework()
    {
        using var package = feed.Open(Testing);

        Assert.Equal(
            ["Microsoft.AspNetCore.Mvc.Testing", "Microsoft.Extensions.TimeProvider.Testing", Server],
            package.Dependencies.Select(dependency => dependency.Id).Order(StringComparer.Ordinal));
        Assert.Contains((Server, feed.Version), package.Dependencies);
    }

    [Fact]
    public void The_runtime_of_clients_depends_on_nothing_and_runs_on_the_frameworks_of_generated_clients()
    {
        using var package = feed.Open(Client);

        Assert.Empty(package.Dependencies);
        Assert.DoesNotContain(package.Metadata.Descendants(), e => e.Name.LocalName == "frameworkReference");
        Assert.Equal(
            ["lib/net10.0/Pikku.Akka.Client.dll", "lib/net8.0/Pikku.Akka.Client.dll"],
            package.Files.Where(file => file.EndsWith(".dll", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void Symbols_belong_to_the_library_and_lead_to_its_sources(string id, string project)
    {
        using var package = feed.Open(id);
        using var symbols = feed.OpenSymbols(id);
        using var library = new PEReader(new MemoryStream(package.Read($"lib/net10.0/{id}.dll")));
        using var provider = MetadataReaderProvider.FromPortablePdbStream(new MemoryStream(symbols.Read($"lib/net10.0/{id}.pdb")));
        var pdb = provider.GetMetadataReader();

        var entry = library.ReadDebugDirectory().Single(entry => entry.Type == DebugDirectoryEntryType.CodeView);
        Assert.Equal(new BlobContentId(library.ReadCodeViewDebugDirectoryData(entry).Guid, entry.Stamp), new BlobContentId(pdb.DebugMetadataHeader!.Id));
        // Sources are named by their path in the repository; those that the build has generated are inside.
        var sources = pdb.Documents.Where(document => !IsEmbedded(pdb, document)).Select(document => pdb.GetString(pdb.GetDocument(document).Name)).ToArray();
        Assert.NotEmpty(sources);
        Assert.All(sources, source => Assert.StartsWith($"/_/{project}/", source, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Server)]
    [InlineData(Tools)]
    public async Task The_same_sources_give_the_same_library(string id)
    {
        using var first = feed.Open(id);
        using var second = await feed.OpenSecondAsync(id);

        foreach (var file in first.Files.Where(file => file.StartsWith("lib/", StringComparison.Ordinal) || file.StartsWith("analyzers/", StringComparison.Ordinal)))
            Assert.True(first.Read(file).AsSpan().SequenceEqual(second.Read(file)), file);
    }

    [Fact]
    public async Task A_new_application_needs_nothing_but_the_packages_and_what_their_page_says()
    {
        var page = MarkdownPage.Open(Repository.PathOf("extensions", Tools, "README.md"));
        using var app = new NewApplication(feed.Root, feed.Feed, feed.Version, page);
        await app.BuildAsync();

        Assert.Equal(0, (await app.ReadRuntimeSettingsAsync()).GetProperty("System.Threading.ThreadPool.UnfairSemaphoreSpinLimit").GetInt32());
        await WriteClientAsync(app, page, "dotnet run -- client typescript", "path: '/greetings'");
        await WriteClientAsync(app, page, "dotnet run -- client csharp", "GreetAsync(");
        await ReportMistakeAsync(app);
        await using var server = await app.StartAsync();
        Assert.Equal("""{"text":"Hello, Ada!","action":"greet"}""", await server.AskAsync("/greetings", """{"action":"greet","name":"Ada"}"""));
        await server.StopAsync();
    }

    // The build runs the analyzers of the package, also where the environment switches analyzers off.
    private static async Task ReportMistakeAsync(NewApplication app)
    {
        var file = Path.Combine(app.Folder, "Mistake.cs");
        await File.WriteAllTextAsync(file, """
            using Pikku.Akka;

            public static class Mistake
            {
                public static void Publish(IEventHub hub) => hub.PublishAsync(new Topic<int>("ticks"), 1);
            }
            """);
        Assert.Contains("warning PIKKU0001", await Sdk.RunAsync(app.Folder, ["build", "--no-restore", "-p:RunAnalyzers=true"]), StringComparison.Ordinal);
        File.Delete(file);
    }

    private static async Task WriteClientAsync(NewApplication app, MarkdownPage page, string command, string expected)
    {
        var full = page.Code.Select(code => code.Text).Single(code => code.StartsWith(command, StringComparison.Ordinal));
        var file = Path.Combine(app.Folder, full[(full.LastIndexOf(' ') + 1)..]);
        Assert.False(File.Exists(file));

        await app.RunAsync(full);

        Assert.Contains(expected, await File.ReadAllTextAsync(file), StringComparison.Ordinal);
    }

    private static bool IsEmbedded(MetadataReader pdb, DocumentHandle document) =>
        pdb.GetCustomDebugInformation(document).Any(handle => pdb.GetGuid(pdb.GetCustomDebugInformation(handle).Kind) == s_embeddedSource);

    // The header stands at a fixed place: https://www.w3.org/TR/png-3/#11IHDR
    private static (int Width, int Height) SizeOfPng(byte[] file)
    {
        Assert.Equal("PNG"u8, file.AsSpan(1, 3));
        return (BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(20)));
    }
}
