using System.Globalization;

namespace Pikku.Akka.Benchmarks.Cluster;

/// <summary>The command line of <c>cluster</c>.</summary>
internal sealed class ClusterOptions
{
    /// <summary>The options, without the names of the measurements.</summary>
    public const string Usage = """
        usage: Pikku.Akka.Benchmarks cluster [options]
          --rows A,B          (all)     which measurements to run
          --rounds N          (3)       rounds of the measurements that alternate
          --seconds N         (3)       measured time of each of their runs
          --entries N         (20000)   presence: the number of entries
          --topics N          (100000)  kept-topics: the number of topics; from 20000 on, batches take all of their memory
          --slow-seconds N    (60)      slow-receiver: how long one node does not keep up
          --clients N         (10000)   resume: clients of the node that dies
          --spread N          (5)       resume: seconds over which they come back
        """;

    /// <summary>The names of the measurements; empty for all.</summary>
    public IReadOnlyList<string> Rows { get; private set; } = [];

    public int Rounds { get; private set; } = 3;

    public TimeSpan Duration { get; private set; } = TimeSpan.FromSeconds(3);

    public int Entries { get; private set; } = 20_000;

    public int Topics { get; private set; } = 100_000;

    public TimeSpan SlowFor { get; private set; } = TimeSpan.FromSeconds(60);

    public int Clients { get; private set; } = 10_000;

    public TimeSpan Spread { get; private set; } = TimeSpan.FromSeconds(5);

    /// <exception cref="FormatException">The arguments are invalid; the message names the argument and the reason.</exception>
    public static ClusterOptions Parse(string[] args)
    {
        if (args.Length % 2 != 0)
            throw new FormatException($"{args[^1]} requires a value.");
        var options = new ClusterOptions();
        foreach (var pair in args.Chunk(2))
            options.Set(pair[0], pair[1]);
        return options;
    }

    private static int Number(string name, string value) =>
        int.TryParse(value, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new FormatException($"{name} requires a number of at least 1; '{value}' is not.");

    private static TimeSpan Seconds(string name, string value) => TimeSpan.FromSeconds(Number(name, value));

    private void Set(string name, string value)
    {
        switch (name)
        {
            case "--rows": Rows = value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries); break;
            case "--rounds": Rounds = Number(name, value); break;
            case "--seconds": Duration = Seconds(name, value); break;
            case "--entries": Entries = Number(name, value); break;
            case "--topics": Topics = Number(name, value); break;
            case "--slow-seconds": SlowFor = Seconds(name, value); break;
            case "--clients": Clients = Number(name, value); break;
            case "--spread": Spread = Seconds(name, value); break;
            default: throw new FormatException($"The option {name} does not exist.");
        }
    }
}
