using System.Globalization;
using Pikku.Akka.Benchmarks.Compare.Plan;
using Pikku.Akka.Benchmarks.Compare.Servers;

namespace Pikku.Akka.Benchmarks.Scale;

/// <summary>The command line of <c>scale</c>.</summary>
internal sealed class ScaleOptions
{
    /// <summary>The options, without the names of the measurements.</summary>
    public const string Usage = """
        usage: Pikku.Akka.Benchmarks scale [options]
          --rows A,B          (all)            which measurements to run
          --rounds N          (1)              rounds of the measurements that compare servers
          --seconds N         (5)              measured time of each load
          --peers A,B         (raw,signalr)    any of raw, signalr, pipe
          --connections N     (50000)          idle: connections in total; several processes of a server share them if one may not have so many open files
          --clients N         (10000)          reconnect, resume: clients that lose their connection at once
          --topics N          (100000)         topics: topics with one subscriber each
          --subscribers N     (1000)           topics: connections that share these subscriptions
          --nodes A,B         (2,4,8)          nodes: the sizes of the clusters that do nothing
          --out FOLDER        (artifacts/scale)  the folder for scale.md and the output of the servers
        """;

    /// <summary>The names of the measurements; empty for all.</summary>
    public IReadOnlyList<string> Rows { get; private set; } = [];

    public int Rounds { get; private set; } = 1;

    public int Seconds { get; private set; } = 5;

    public IReadOnlyList<string> Peers { get; private set; } = ["raw", "signalr"];

    public int Connections { get; private set; } = 50_000;

    public int Clients { get; private set; } = 10_000;

    public int Topics { get; private set; } = 100_000;

    public int Subscribers { get; private set; } = 1000;

    public IReadOnlyList<int> Nodes { get; private set; } = [2, 4, 8];

    public string Out { get; private set; } = Path.Combine("artifacts", "scale");

    /// <summary>Pikku.Akka and the peers.</summary>
    public IReadOnlyList<Contender> Contenders => [Compare.Plan.Contenders.Ours(), .. Peers.Select(peer => Compare.Plan.Contenders.Peer(peer, NodePeers.Folder))];

    /// <exception cref="FormatException">The arguments are invalid; the message names the argument and the reason.</exception>
    public static ScaleOptions Parse(string[] args)
    {
        if (args.Length % 2 != 0)
            throw new FormatException($"{args[^1]} requires a value.");
        var options = new ScaleOptions();
        foreach (var pair in args.Chunk(2))
            options.Set(pair[0], pair[1]);
        options.Out = Directory.CreateDirectory(options.Out).FullName;
        return options;
    }

    private static string[] List(string value) => value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static int Number(string name, string value) =>
        int.TryParse(value, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new FormatException($"{name} requires a number of at least 1; '{value}' is not.");

    private static string Managed(string peer) =>
        peer is "raw" or "signalr" or "pipe" ? peer : throw new FormatException($"'{peer}' is not one of raw, signalr, pipe.");

    private void Set(string name, string value)
    {
        switch (name)
        {
            case "--rows": Rows = List(value); break;
            case "--rounds": Rounds = Number(name, value); break;
            case "--seconds": Seconds = Number(name, value); break;
            case "--peers": Peers = [.. List(value).Select(Managed)]; break;
            case "--connections": Connections = Number(name, value); break;
            case "--clients": Clients = Number(name, value); break;
            case "--topics": Topics = Number(name, value); break;
            case "--subscribers": Subscribers = Number(name, value); break;
            case "--nodes": Nodes = [.. List(value).Select(count => Number(name, count)).Distinct().Order()]; break;
            case "--out": Out = value; break;
            default: throw new FormatException($"The option {name} does not exist.");
        }
    }
}
