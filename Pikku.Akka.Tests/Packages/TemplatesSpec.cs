using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Packages;

/// <summary>What <c>dotnet new pikku</c> and <c>dotnet new pikku-channel</c> create from the packed templates builds without warnings, passes its tests and runs.</summary>
[Collection(PackagesCollection.Name)]
public sealed partial class TemplatesSpec(PackedFeed feed)
{
    private static readonly string[] s_template = ["..", "extensions", "Pikku.Akka.Templates", "content", "pikku"];

    private static string Content => Repository.PathOf("extensions", "Pikku.Akka.Templates", "content");

    [Fact]
    public void The_package_is_one_of_templates_and_has_nothing_else()
    {
        using var package = feed.Open("Pikku.Akka.Templates");

        Assert.Equal("Template", package.Element("packageTypes").Elements().Single().Attribute("name")?.Value);
        Assert.Equal("MIT", package.Value("license"));
        Assert.Equal(File.ReadAllBytes(Repository.PathOf("extensions", "Pikku.Akka.Templates", "README.md")), package.Read(package.Value("readme")));
        Assert.Contains(package.Value("icon"), package.Files);
        Assert.Empty(package.Dependencies);
        var content = Directory.EnumerateFiles(Content, "*", SearchOption.AllDirectories).Select(file => "content/" + Path.GetRelativePath(Content, file).Replace('\\', '/'));
        Assert.Equal(content.Where(file => !Built().IsMatch(file)).Order(StringComparer.Ordinal), package.Files.Where(file => file.StartsWith("content/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Applications_reference_the_packages_of_the_release_and_the_versions_that_this_repository_tests_with()
    {
        var pinned = XDocument.Load(Repository.PathOf("Directory.Packages.props")).Descendants("PackageVersion").ToDictionary(e => e.Attribute("Include")!.Value, e => e.Attribute("Version")!.Value);
        using var package = feed.Open("Pikku.Akka.Templates");
        var references = package.Files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal))
            .SelectMany(file => XDocument.Load(new MemoryStream(package.Read(file))).Descendants("PackageReference"))
            .Select(e => (Id: e.Attribute("Include")!.Value, Version: e.Attribute("Version")!.Value)).ToArray();

        Assert.Equal(3, references.Count(reference => reference.Id.StartsWith("Pikku.Akka", StringComparison.Ordinal)));
        Assert.All(references, reference => Assert.Equal(pinned.GetValueOrDefault(reference.Id, feed.Version), reference.Version));
        // The versions of the npm packages, with which extensions/typescript checks the page.
        var page = Versions(package.Read("content/pikku/web/package.json"));
        var tested = Versions(File.ReadAllBytes(Repository.PathOf("extensions", "typescript", "package.json")));
        Assert.All(page, version => Assert.Equal(version.Key.StartsWith("@pikku-akka/", StringComparison.Ordinal) ? feed.Version : tested[version.Key], version.Value));
    }

    [Fact]
    public async Task A_new_application_passes_its_tests_and_runs()
    {
        using var app = await CreatedSolution.CreateAsync(feed, "my-chat");
        await app.BuildAsync();

        // The client that the template brings is the one that the application generates.
        Snapshot.Is(await app.GenerateClientAsync("my-chat", "Client", "client.ts"), [.. s_template, "PikkuApp.1", "Client", "client.ts"]);

        var instructions = await app.NewAsync(app.Project, "pikku-channel", "--name", "OrderBook");
        await WireAsync(app, WireCall().Match(instructions).Value, UsingDirective().Match(instructions).Value);
        await app.BuildAsync();
        Assert.Matches(@"Passed!  - Failed:     0, Passed:     [1-9]", await app.TestAsync());

        Assert.Contains("Authentication:Schemes:Bearer:Authority", await app.FailToStartAsync("Production"), StringComparison.Ordinal);
        await using var server = await app.StartAsync("Development");
        using var http = new HttpClient { BaseAddress = server.Page };
        Assert.Contains("<script type=\"module\" src=\"app.js\">", await http.GetStringAsync(new Uri("/", UriKind.Relative)), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri("/client.js", UriKind.Relative))).StatusCode);
        using var token = await http.PostAsJsonAsync("/development/token", new { user = "ann" });
        var bearer = (await token.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString()!;
        Assert.Contains("\"text\":\"Hello\"", await server.AskAsync("/chat", """{"action":"send","room":"lobby","text":"Hello"}""", bearer), StringComparison.Ordinal);
        Assert.Contains("\"userId\":\"ann\"", await server.AskAsync("/order-book", """{"action":"add","text":"Hello"}""", bearer), StringComparison.Ordinal);
        await server.StopAsync();
    }

    [Fact]
    public async Task A_new_application_for_a_cluster_with_a_page_in_React_passes_its_tests()
    {
        using var app = await CreatedSolution.CreateAsync(feed, "Board", "--cluster", "--react", "--port", "5999");
        await app.BuildAsync();

        Snapshot.Is(await app.GenerateClientAsync("web", "src", "client.ts"), [.. s_template, "web", "src", "client.ts"]);
        Assert.Matches(@"Passed!  - Failed:     0, Passed:     [1-9]", await app.TestAsync());

        var files = Directory.EnumerateFiles(app.Folder, "*", SearchOption.AllDirectories).Where(file => !Built().IsMatch(file)).ToArray();
        Assert.DoesNotContain(files, file => Path.GetFileName(file) is "app.js" or "client.js" or "react.html");
        Assert.All(files, file => Assert.DoesNotMatch("PikkuApp|PIKKU_VERSION|DEVELOPMENT-KEY|#if|#endif|5080", File.ReadAllText(file)));
        Assert.Contains("main.js", await File.ReadAllTextAsync(Path.Combine(app.Project, "wwwroot", "index.html")), StringComparison.Ordinal);
        using var profiles = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(app.Project, "Properties", "launchSettings.json")));
        Assert.Equal(["Board", "node1", "node2", "node3"], profiles.RootElement.GetProperty("profiles").EnumerateObject().Select(profile => profile.Name));
    }

    // Does what the instructions of the template say.
    private static async Task WireAsync(CreatedSolution app, string call, string directive)
    {
        var file = Path.Combine(app.Project, "Program.cs");
        var program = await File.ReadAllTextAsync(file);
        const string first = ".WireChannel(\"chat\", ChatChannel.Wire)";
        Assert.Contains(first, program, StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, directive + "\n" + program.Replace(first, first + call, StringComparison.Ordinal));
    }

    private static Dictionary<string, string> Versions(byte[] manifest)
    {
        using var json = JsonDocument.Parse(manifest);
        return ((string[])["dependencies", "devDependencies"]).Where(kind => json.RootElement.TryGetProperty(kind, out _))
            .SelectMany(kind => json.RootElement.GetProperty(kind).EnumerateObject()).ToDictionary(one => one.Name, one => one.Value.GetString()!);
    }

    [GeneratedRegex(@"[\\/](bin|obj|node_modules)[\\/]")]
    private static partial Regex Built();

    [GeneratedRegex(@"\.WireChannel\(""[a-z-]+"", \w+\.Wire\)")]
    private static partial Regex WireCall();

    [GeneratedRegex(@"using [\w.]+;")]
    private static partial Regex UsingDirective();
}
