namespace Pikku.Akka;

/// <summary>The wiring is invalid and the application does not start. The exception lists every problem with its place and the fix.</summary>
/// <param name="problems">The problems.</param>
public sealed class PikkuWiringException(IReadOnlyList<string> problems)
    : Exception($"The wiring has {problems.Count} mistake(s):{string.Concat(problems.Select(p => Environment.NewLine + "  - " + p))}")
{
    /// <summary>The problems.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;

    /// <summary>The problems without the stack trace, which points into the library and does not help to fix them.</summary>
    public override string ToString() => Message;
}
