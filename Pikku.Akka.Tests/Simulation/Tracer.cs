using System.Globalization;

namespace Pikku.Akka.Tests.Simulation;

/// <summary>What happened in a run: always as a hash, by which two runs are compared, and as text when somebody wants to read it.</summary>
internal sealed class Tracer(Scheduler scheduler, bool isText)
{
    private const ulong Prime = 1099511628211;

    private readonly List<string> _lines = [];

    public bool IsText => isText;

    public ulong Hash { get; private set; } = 14695981039346656037;

    public IReadOnlyList<string> Lines => _lines;

    /// <summary>Records a step.</summary>
    /// <param name="kind">What happened.</param>
    /// <param name="node">Where.</param>
    /// <param name="first">A detail of the step.</param>
    /// <param name="second">Another detail of the step.</param>
    public void Step(char kind, int node, long first = 0, long second = 0)
    {
        Mix(scheduler.Now);
        Mix(kind);
        Mix(node);
        Mix(first);
        Mix(second);
    }

    /// <summary>Records a line of the text; call it only when <see cref="IsText"/> is true.</summary>
    public void Line(string text) => _lines.Add(string.Create(CultureInfo.InvariantCulture, $"{scheduler.Seconds,9:F3} {text}"));

    private void Mix(long value) => Hash = (Hash ^ (ulong)value) * Prime;
}
