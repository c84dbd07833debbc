using System.Reflection;
using System.Text.RegularExpressions;
using Xunit;

namespace Pikku.Akka.Tests.Docs;

/// <summary>The types, settings, scenarios and files that the pages name in backticks exist.</summary>
public sealed partial class NamesSpec
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    // The goal is forty lines; a table may need one more.
    private const int ShortPage = 45;

    /// <summary>Names from other projects that the pages may use.</summary>
    private static readonly HashSet<string> Foreign =
    [
        nameof(global::Akka.Actor.Futures.Ask),
        "AddOpenApi", // of a package that the library does not need
        nameof(Microsoft.AspNetCore.Builder.RoutingEndpointConventionBuilderExtensions.RequireHost),
        nameof(Microsoft.AspNetCore.Builder.RateLimiterEndpointConventionBuilderExtensions.RequireRateLimiting),
        nameof(IAsyncEnumerable<int>),
        nameof(NotSupportedException),
        nameof(TimeoutException),
        nameof(System.ComponentModel.DataAnnotations.IValidatableObject),
        nameof(System.Text.Json.Serialization.JsonConverter),
        nameof(System.Text.Json.Utf8JsonReader),
        nameof(System.Text.Json.Nodes.JsonNode),
        nameof(System.Text.Json.JsonElement),
        nameof(System.Net.WebSockets.WebSocket.SendAsync),
        nameof(System.Net.WebSockets.WebSocketState.CloseSent),
        nameof(Microsoft.AspNetCore.Builder.WebSocketOptions.KeepAliveInterval),
        nameof(Microsoft.Extensions.Configuration.IConfiguration),
        nameof(Microsoft.AspNetCore.Http.HttpContext),
        nameof(Microsoft.AspNetCore.Http.IHttpContextAccessor),
        nameof(System.Globalization.CultureInfo.CurrentCulture),
        nameof(System.Diagnostics.Activity.Current), // also that of the synchronization context
        nameof(System.Diagnostics.ActivityKind.Server),
        nameof(AsyncLocal<int>),
        nameof(Task<int>.Result), nameof(Task.Wait), nameof(Task.WaitAll), nameof(Task.WaitAny), nameof(Task.WhenAll), nameof(Task.Delay), nameof(Task.Run), nameof(Thread.Sleep),
        nameof(Microsoft.AspNetCore.Http.IResult),
        nameof(Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerLimits.MaxRequestBufferSize),
        nameof(Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerLimits.MaxResponseBufferSize),
        Akka.Protocol.ErrorMap.InternalName,
        "TryValidateObject", // rejected by decision 0002, with its class
        "SelectAsyncUnordered", // an operator of Akka.Streams
        "AbortSignal", "EventSource", // of browsers and Node.js
        "PikkuRealtime", // a client that Pikku generates
        "Authorization", "Origin", "Upgrade", "Connection", "Warning", // headers and a level
        "AddJwtBearer", "AllowedHosts", "ClockSkew", "ForwardDefaultSelector", "RequireAuthorization", "UseForwardedHeaders", // of ASP.NET Core and its bearer scheme
        "UseW3CLogging", "UriQuery", "UseHttpLogging", "RequestQuery", "Host", "Bearer", "Basic", // its logs of requests, and what requests show
        "TestServer", "UseTestServer", "WebApplicationFactory", // of ASP.NET Core, for tests
        "ErrorMessage", // of data annotations
        "PackageValidationBaselineVersion", "DisablePackageBaselineValidation", // of the .NET SDK
        nameof(Microsoft.Extensions.Hosting.BackgroundService),
        nameof(Microsoft.AspNetCore.Builder.ForwardedHeadersOptions.KnownIPNetworks),
        "UseSqlite", "AddDistributedSqlServerCache", // of Entity Framework Core and of a distributed cache
        // of SignalR
        nameof(Microsoft.AspNetCore.SignalR.IHubContext<Microsoft.AspNetCore.SignalR.Hub>), nameof(Microsoft.AspNetCore.SignalR.HubException),
        "All", "OthersInGroup", "Caller", nameof(Microsoft.AspNetCore.SignalR.IGroupManager.AddToGroupAsync),
        nameof(Microsoft.AspNetCore.SignalR.Hub.OnConnectedAsync), nameof(Microsoft.AspNetCore.SignalR.Hub.OnDisconnectedAsync), "Join",
        "KiB", "MiB", "GiB", "By",
        "Pikku", "Akka", // sections of settings, parts of namespaces
    ];

    private static readonly ILookup<string, Type> Types = ((Assembly[])
        [
            .. Architecture.SourceTree.Assemblies,
            typeof(NamesSpec).Assembly, typeof(AkkaConfigurationBuilderExtensions).Assembly, typeof(PikkuKubernetesExtensions).Assembly, typeof(PikkuConsoleEndpointRouteBuilderExtensions).Assembly, typeof(PikkuTestHost).Assembly,
            typeof(Akka.Analyzers.ForgottenAwaitAnalyzer).Assembly, typeof(Akka.CodeFixes.ForgottenAwaitCodeFixProvider).Assembly, typeof(Akka.Host.HostApp).Assembly, typeof(global::Conformance.ConformanceApp).Assembly,
        ])
        .SelectMany(assembly => assembly.GetTypes())
        .ToLookup(type => type.Name.Split('`')[0]);

    private static readonly HashSet<string> Members = [.. Types.SelectMany(group => group).SelectMany(type => type.GetMembers(All)).Select(member => member.Name)];

    private static readonly HashSet<string> Scenarios =
        [.. Directory.EnumerateFiles(Repository.PathOf("Pikku.Akka.Tests", "Conformance", "Scenarios")).Select(file => Path.GetFileNameWithoutExtension(file))];

    // The benchmarks are separate programs; each of their types has its own file.
    private static readonly HashSet<string> Benchmarks =
        [.. Directory.EnumerateFiles(Repository.PathOf("Pikku.Akka.Benchmarks"), "*.cs", SearchOption.AllDirectories).Select(file => Path.GetFileNameWithoutExtension(file))];

    private static IEnumerable<string> ClientSources =>
        Directory.EnumerateFiles(Repository.PathOf("extensions", "typescript", "react", "src"), "*.ts*").Append(Repository.PathOf("extensions", "Pikku.Akka.Tools", "Clients", "client.ts"));

    // These types are not written in C#.
    private static readonly HashSet<string> Client =
        [.. ClientSources.SelectMany(file => ExportedName().Matches(File.ReadAllText(file))).Select(match => match.Groups["name"].Value)];

    // Instruments are named like settings.
    private static readonly HashSet<string> Instruments =
        [.. Directory.EnumerateFiles(Repository.PathOf("Pikku.Akka", "Diagnostics"), "*Metrics.cs")
            .SelectMany(file => InstrumentName().Matches(File.ReadAllText(file))).Select(match => match.Groups["name"].Value)];

    private static readonly string Reference = File.ReadAllText(Repository.PathOf("hocon", "reference.conf"));

    public static TheoryData<string> Pages => new(Repository.Pages().Select(Repository.Relative).Where(IsAboutTheLibrary));

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_named_type_exists(string name)
    {
        // What the code of a page declares exists, because other specs compile it.
        var page = MarkdownPage.Open(Repository.PathOf(name));
        var declared = page.Blocks.Where(block => block.Language == "csharp").SelectMany(block => Declaration().Matches(block.Text)).Select(match => match.Groups["name"].Value).ToHashSet();
        foreach (var (line, text) in page.Code)
            if (TypeName().Match(text) is { Success: true } match && !IsProject(text) && !declared.Contains(match.Groups["type"].Value))
                Assert.True(
                    Exists(match.Groups["type"].Value, match.Groups["member"]),
                    $"{name}:{line} names `{text}`: no type or member of the library, its tests or its applications.");
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_named_scenario_exists(string name)
    {
        var listed = from line in File.ReadAllLines(Repository.PathOf(name))
                     from Match list in ScenarioList().Matches(line)
                     from Match scenario in ScenarioName().Matches(list.Value)
                     select scenario.Groups["name"].Value;
        var recognised = MarkdownPage.Open(Repository.PathOf(name)).Code.Select(code => code.Text).Where(text => text.StartsWith("extra-", StringComparison.Ordinal));
        Assert.All(listed.Where(text => !Types.Contains(text)).Concat(recognised), scenario => Assert.Contains(scenario, Scenarios));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_named_setting_exists(string name)
    {
        foreach (var (line, text) in MarkdownPage.Open(Repository.PathOf(name)).Code)
            if (SettingName().Match(text) is { Success: true } match && !Instruments.Contains(text))
                Assert.True(
                    Reference.Contains($"  {match.Groups["section"].Value} {{", StringComparison.Ordinal) &&
                    Regex.IsMatch(Reference, $@"^    {match.Groups["key"].Value} = ", RegexOptions.Multiline),
                    $"{name}:{line} names the setting `{text}`, which does not exist.");
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Folder_pages_and_decisions_are_short(string name)
    {
        if (name.StartsWith("Pikku.Akka/", StringComparison.Ordinal) || name.StartsWith("extensions/", StringComparison.Ordinal) || name.StartsWith("docs/decisions/", StringComparison.Ordinal))
            Assert.InRange(File.ReadAllLines(Repository.PathOf(name)).Length, 1, ShortPage);
    }

    [Fact]
    public void Every_folder_of_the_library_has_a_README() =>
        Assert.All(Architecture.SourceTree.Folders, folder => Assert.True(File.Exists(Architecture.SourceTree.PageOf(folder)), folder));

    // The page of migration lists names that no longer exist.
    private static bool IsAboutTheLibrary(string page) => page != "docs/migration.md" && !page.StartsWith("samples/", StringComparison.Ordinal) && !page.StartsWith("Pikku.Akka.Host/", StringComparison.Ordinal);

    private static bool Exists(string type, Group member) => member.Success
        ? Types[type].SelectMany(t => t.GetMembers(All)).Any(m => m.Name == member.Value) || Foreign.Contains(member.Value)
        : Types.Contains(type) || Members.Contains(type) || Benchmarks.Contains(type) || Client.Contains(type) || Foreign.Contains(type);

    // Projects, and the namespace that has the name of one of them.
    private static bool IsProject(string text) => Directory.Exists(Repository.PathOf(text));

    [GeneratedRegex("\"(?<name>pikku\\.[a-z_.]+)\"")]
    private static partial Regex InstrumentName();

    // Types, and errors without a type of their own.
    [GeneratedRegex(@"^export (class|interface|type) (?<name>\w+)|'(?<name>[A-Z]\w+Error)'", RegexOptions.Multiline)]
    private static partial Regex ExportedName();

    // Matches `Outbox`, `Topic<T>`, `PikkuContext.Session`, `Auth(false)`, but not HTTP or file names.
    [GeneratedRegex(@"^(?<type>[A-Z]\w*[a-z]\w*)(<[\w, ]+>)?(\.(?<member>[A-Z]\w*))?(\([\w, ]*\))?$")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"\b(class|record|enum|interface) (?<name>\w+)")]
    private static partial Regex Declaration();

    [GeneratedRegex(@"[Ss]cenarios? `[^|;]*")]
    private static partial Regex ScenarioList();

    [GeneratedRegex("`(?<name>[A-Za-z-]+)`")]
    private static partial Regex ScenarioName();

    [GeneratedRegex(@"^pikku\.(?<section>[a-z-]+)\.(?<key>[a-z-]+)$|^(?<section>connection|channel|function|outbox|event-hub|remote|limits|session|upgrade|shutdown)\.(?<key>[a-z-]+)$")]
    private static partial Regex SettingName();
}
