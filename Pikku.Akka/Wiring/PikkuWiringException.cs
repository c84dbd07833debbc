namespace Pikku.Akka;

/// <summary>The application does not start because its wiring is invalid. Lists every problem with its place and the fix.</summary>
/// <param name="problems">The problems.</param>
public sealed class PikkuWiringException(IReadOnlyList<string> problems)
    : Exception($"The wiring has {problems.Count} mistake(s):{string.Concat(problems.Select(p => Environment.NewLine + "  - " + p))}")
{
    /// <summary>The problems.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;

    /// <summary>The problems without a stack trace: where the library found them does not help to fix them.</summary>
    public override string ToString() => Message;
}
