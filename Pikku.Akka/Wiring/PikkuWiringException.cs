namespace Pikku.Akka;

/// <summary>The wiring has mistakes; the application does not start. All of them are listed, each with its place and the fix.</summary>
/// <param name="problems">The mistakes.</param>
public sealed class PikkuWiringException(IReadOnlyList<string> problems)
    : Exception($"The wiring has {problems.Count} mistake(s):{string.Concat(problems.Select(p => Environment.NewLine + "  - " + p))}")
{
    /// <summary>The mistakes.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;

    /// <summary>The mistakes alone: where in the library they were found helps nobody to mend them.</summary>
    public override string ToString() => Message;
}
