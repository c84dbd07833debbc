using System.Collections.Concurrent;

namespace Pikku.Akka.Benchmarks.Fuzz;

/// <summary>What went wrong in a run.</summary>
internal sealed class Findings
{
    /// <summary>The number after which a run ends early, because more of the same explain nothing.</summary>
    public const int Enough = 20;

    private readonly ConcurrentQueue<string> _findings = new();

    public int Count => _findings.Count;

    public void Add(string finding) => _findings.Enqueue(finding);

    /// <summary>Prints the findings, and how one connection of them is run again.</summary>
    public void Print(int seed)
    {
        foreach (var finding in _findings.Take(Enough))
            Console.WriteLine($"FOUND {finding}");
        Console.WriteLine(_findings.IsEmpty ? "nothing found" : $"{_findings.Count} found; run connection I again with: fuzz --seed {seed} --only I");
    }
}
