namespace Pikku.Akka.Benchmarks.Compare.Results;

/// <summary>All runs so far. Each is written down when it ends, so that what breaks later takes nothing away.</summary>
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

    /// <summary>What a reader of the tables has to know.</summary>
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

    /// <summary>One figure over the rounds. A run in which a check failed has none: fast and wrong is not fast.</summary>
    public Spread? Of(string test, string server, string metric) =>
        Spread.Of(Runs(test, server).Where(run => run.Ok).Select(run => run.Number(metric)).OfType<double>());
}
