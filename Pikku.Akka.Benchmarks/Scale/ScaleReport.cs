using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Pikku.Akka.Benchmarks.Compare.Report;

namespace Pikku.Akka.Benchmarks.Scale;

/// <summary>The page that <c>scale</c> prints and writes, part by part, and the unit costs that were measured.</summary>
internal sealed class ScaleReport
{
    private readonly StringBuilder _text = new();

    public ScaleReport(ScaleOptions options)
    {
        Add(string.Create(CultureInfo.InvariantCulture,
            $"{Environment.ProcessorCount} cores, {Machine.Cpu()}; {RuntimeInformation.FrameworkDescription}; {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC; {options.Rounds} {(options.Rounds == 1 ? "round" : "rounds")}"));
        Add(MachineLimits.Describe());
    }

    public UnitCosts Costs { get; } = new();

    /// <summary>True if a check failed: a connection was lost, or a message was lost, repeated or wrong.</summary>
    public bool HasFailed { get; private set; }

    public void Begin(string title) => Add("## " + title);

    public void Add(string paragraph)
    {
        _text.AppendLine(paragraph.TrimEnd()).AppendLine();
        Console.WriteLine(paragraph.TrimEnd());
        Console.WriteLine();
    }

    /// <summary>Notes a failed check, so that its figures are not taken for good ones.</summary>
    public void Fail(string what)
    {
        HasFailed = true;
        Add($"**A check failed**: {what}");
    }

    public override string ToString() => _text.ToString();
}
