using System.Globalization;
using Pikku.Akka.Benchmarks.Compare.Plan;

namespace Pikku.Akka.Benchmarks.Compare;

/// <summary>The command line of <c>compare</c>.</summary>
internal sealed class CompareOptions
{
    public const string Usage = """
        usage: Pikku.Akka.Benchmarks compare [options]
          --rounds N       (3)                  rounds of each test with each server
          --seconds S      (4)                  measured time of each run
          --peers A,B      (raw,signalr,pikku)  any of raw, signalr, pipe, pikku, socketio
          --tests A,B      (all)                any of echo64-w1, echo64-w16, …; none for only idle and startup
          --idle N,M       (10000)              numbers of idle connections; 0 for none
          --out FOLDER     (artifacts/compare)  the folder for compare.md, compare.svg and compare.jsonl
          --before COMMAND                      also measures another build of Pikku.Akka, which must listen on {port}
        """;

    public int Rounds { get; private set; } = 3;

    public double Seconds { get; private set; } = 4;

    public IReadOnlyList<string> Peers { get; private set; } = ["raw", "signalr", "pikku"];

    public IReadOnlyList<Workload> Tests { get; private set; } = Workloads.All;

    public IReadOnlyList<int> Idle { get; private set; } = [10_000];

    public string Out { get; private set; } = Path.Combine("artifacts", "compare");

    public string? Before { get; private set; }

    /// <exception cref="FormatException">The arguments are invalid; the message names the argument and the reason.</exception>
    public static CompareOptions Parse(string[] args)
    {
        if (args.Length % 2 != 0)
            throw new FormatException($"{args[^1]} requires a value.");
        var options = new CompareOptions();
        foreach (var pair in args.Chunk(2))
            options.Set(pair[0], pair[1]);
        return options;
    }

    private static string[] List(string value) => value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string OneOf(string value, IEnumerable<string> legal) =>
        legal.Contains(value) ? value : throw new FormatException($"'{value}' is not one of {string.Join(", ", legal)}.");

    private static T Number<T>(string name, string value, T least)
        where T : struct, IParsable<T>, IComparable<T> =>
        T.TryParse(value, CultureInfo.InvariantCulture, out var number) && number.CompareTo(least) >= 0
            ? number
            : throw new FormatException($"{name} requires a number of at least {least}; '{value}' is not.");

    private void Set(string name, string value)
    {
        switch (name)
        {
            case "--rounds":
                Rounds = Number(name, value, 1);
                break;
            case "--seconds":
                Seconds = Number(name, value, 1.0);
                break;
            case "--peers":
                Peers = [.. List(value).Select(peer => OneOf(peer, Contenders.Peers)).Distinct()];
                break;
            case "--tests":
                Tests = value == "none" ? [] : [.. List(value).Select(test => Workloads.Named(OneOf(test, Workloads.All.Select(w => w.Name))))];
                break;
            case "--idle":
                Idle = [.. List(value).Select(count => Number(name, count, 0)).Where(count => count > 1)];
                break;
            case "--out":
                Out = value;
                break;
            case "--before":
                Before = value.Contains("{port}", StringComparison.Ordinal)
                    ? value
                    : throw new FormatException("--before requires a command that contains {port}.");
                break;
            default:
                throw new FormatException($"The option {name} does not exist.");
        }
    }
}
