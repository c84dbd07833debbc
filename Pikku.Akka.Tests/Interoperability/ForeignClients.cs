using Pikku.Akka.Tests.Host;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Interoperability;

/// <summary>The clients of other projects. The browser is started once for the tests of a class, the other programs for each test.</summary>
public sealed class ForeignClients : IAsyncLifetime
{
    public const string Browser = "Chromium";
    public const string Node = "Node.js ws";
    public const string DotNet = ".NET";
    public const string Python = "Python websockets";
    public const string Curl = "curl";

    private readonly Chromium _chromium = new();

    /// <summary>What each client can do.</summary>
    internal static IReadOnlyDictionary<string, Abilities> All { get; } = new Dictionary<string, Abilities>
    {
        [Browser] = Abilities.None,
        [Node] = Abilities.All,
        [DotNet] = Abilities.Fragments | Abilities.AnyText | Abilities.Parameters,
        [Python] = Abilities.All,
        [Curl] = Abilities.All,
    };

    /// <summary>Starts a client for a lab, which must have an empty page at <c>/page</c>. Skips the test where the program is not installed.</summary>
    internal async Task<IForeignClient> StartAsync(string name, Lab lab) => name switch
    {
        Browser => await OpenBrowserAsync(lab),
        Node => OpenNode(),
        DotNet => new DotNetClient(),
        Python => OpenPython(),
        _ => new CurlClient(FindCurl()),
    };

    /// <summary>The path of curl. Skips the test where it is not installed.</summary>
    public static string FindCurl()
    {
        var program = Optional.Find("curl");
        Optional.Need(program is not null, "curl is not installed. Install it (apt-get install curl).");
        return program!;
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _chromium.DisposeAsync();

    private async Task<ScriptedClient> OpenBrowserAsync(Lab lab)
    {
        var browser = await _chromium.OpenAsync();
        var page = await browser.NewPage();
        await page.GotoAsync(lab.Http("/page").ToString());
        await page.EvaluateAsync(await File.ReadAllTextAsync(Script("page.js")));
        return new ScriptedClient(line => page.EvaluateAsync<string>("line => run(line)", line), browser);
    }

    private static ScriptedClient OpenNode()
    {
        Optional.Need(Optional.Find("node") is not null, "Node.js is not installed.");
        Optional.Need(Directory.Exists(Script("node", "node_modules", "ws")), "The package ws is not installed. Run npm ci in Pikku.Akka.Tests/Interoperability/node.");
        var process = new ScriptProcess("node", Script("node", "client.mjs"));
        return new ScriptedClient(process.RunAsync, process);
    }

    private static ScriptedClient OpenPython()
    {
        // The interpreter that the packages of the distribution are for may not be the first on the path.
        const string python = "/usr/bin/python3";
        Optional.Need(
            Directory.Exists("/usr/lib/python3/dist-packages/websockets") && File.Exists(python),
            "The Python package websockets is not installed. Install it (apt-get install python3-websockets).");
        var process = new ScriptProcess(python, Script("python", "client.py"));
        return new ScriptedClient(process.RunAsync, process);
    }

    private static string Script(params string[] parts) => Repository.PathOf(["Pikku.Akka.Tests", "Interoperability", .. parts]);
}
