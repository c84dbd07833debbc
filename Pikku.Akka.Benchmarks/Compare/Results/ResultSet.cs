namespace Pikku.Akka.Benchmarks.Compare.Results;

/// <summary>The results of all runs. Each result is written to the file when its run ends, so that a later failure loses nothing.</summary>
internal sealed class ResultSet
{
    private readonly List<Measurement> _all = [];
    private readonly List<string> _notes = [];
    private readonly string _file;

    public ResultSet(string file)
    {
        _file = file;
        File.WriteAllText(file, "");
    }

    /// <summary>Notes for readers of the tables.</summary>
    public IReadOnlyList<string> Notes => _notes;

    public IReadOnlyList<Measurement> Failures => [.. _all.Where(run => !run.Ok)];

    public void Add(Measurement run)
    {
        _all.Add(run);
        File.AppendAllText(_file, run.ToJson() + "\n");
        if (!run.Ok)
            Console.Error.WriteLine($"  FAILED {run.Test}, {run.Server}: {run.Faults}");
    }

    public void Note(string note)
    {
        if (_notes.Contains(note))
            return;
        _notes.Add(note);
        Console.Error.WriteLine($"  {note}");
    }

    public IReadOnlyList<Measurement> Runs(string test, string server) => [.. _all.Where(run => run.Test == test && run.Server == server)];

    /// <summary>Returns one figure over the rounds, without runs in which a check failed, because the speed of a wrong result is
    /// meaningless.</summary>
    public Spread? Of(string test, string server, string metric) =>
        Spread.Of(Runs(test, server).Where(run => run.Ok).Select(run => run.Number(metric)).OfType<double>());
}
