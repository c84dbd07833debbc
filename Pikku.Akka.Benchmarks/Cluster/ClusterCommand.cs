using Pikku.Akka.Benchmarks.Cluster.Rows;

namespace Pikku.Akka.Benchmarks.Cluster;

/// <summary>Measures what several nodes do together, and prints a table with the goals.</summary>
internal static class ClusterCommand
{
    private static readonly IReadOnlyList<IClusterRow> s_rows =
        [new EventRates(), new OtherNodeLatency(), new JoiningNode(), new PresenceEntries(), new KeptTopics(), new SlowReceiver(), new ResumeStorm()];

    /// <summary>Returns 0 if everything was measured, whether or not goals are met; 1 if a measurement failed; 2 if the command line is invalid.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            var options = ClusterOptions.Parse(args);
            var rows = Selected(options.Rows);
            Console.WriteLine("| work | result | goal | met |\n|---|---:|---:|---:|");
            foreach (var row in rows)
                foreach (var finding in await row.RunAsync(options))
                    Console.WriteLine(finding);
            return 0;
        }
        catch (FormatException e)
        {
            await Console.Error.WriteLineAsync($"{e.Message}\n\n{ClusterOptions.Usage}\n\nmeasurements: {string.Join(", ", s_rows.Select(row => row.Name))}");
            return 2;
        }
        catch (InvalidOperationException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }

    private static IReadOnlyList<IClusterRow> Selected(IReadOnlyList<string> names)
    {
        if (names.FirstOrDefault(name => s_rows.All(row => row.Name != name)) is { } unknown)
            throw new FormatException($"The measurement {unknown} does not exist.");
        return names.Count == 0 ? s_rows : [.. s_rows.Where(row => names.Contains(row.Name))];
    }
}
