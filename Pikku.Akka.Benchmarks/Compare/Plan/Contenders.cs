using System.Globalization;

namespace Pikku.Akka.Benchmarks.Compare.Plan;

/// <summary>The commands that start each server.</summary>
internal static class Contenders
{
    public static IReadOnlyList<string> Node { get; } = ["pikku", "socketio"];

    public static IReadOnlyList<string> Peers { get; } = ["raw", "signalr", "pipe", .. Node];

    public static Contender Ours() =>
        new(Contender.Ours, "pikku", "/bench", Managed: true, port =>
            ["dotnet", NextToProgram("Pikku.Akka.Benchmarks.dll"), "serve", "--urls", $"http://127.0.0.1:{port}"]);

    /// <summary>Another build of Pikku.Akka. A shell parses the command, because the user may quote arguments.</summary>
    public static Contender Before(string command) =>
        new(Contender.Before, "pikku", "/bench", Managed: true, port =>
            ["/bin/sh", "-c", "exec " + command.Replace("{port}", Text(port), StringComparison.Ordinal)]);

    public static Contender Peer(string name, string nodeFolder) => name switch
    {
        "raw" or "pipe" => new(name, "raw", "", Managed: true, port => ["dotnet", NextToProgram("Pikku.Akka.Benchmarks.Peers.dll"), name, Text(port)]),
        "signalr" => new(name, name, "", Managed: true, port => ["dotnet", NextToProgram("Pikku.Akka.Benchmarks.Peers.dll"), name, Text(port)]),
        _ => new(name, name, "", Managed: false, port => ["node", Path.Combine(nodeFolder, name + ".mjs"), Text(port)]),
    };

    private static string NextToProgram(string file) => Path.Combine(AppContext.BaseDirectory, file);

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
