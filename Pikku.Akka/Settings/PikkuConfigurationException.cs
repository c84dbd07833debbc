namespace Pikku.Akka;

/// <summary>
/// The settings have mistakes; the application does not start. All of them are listed, each with its path or file, its value and the fix.
/// </summary>
/// <param name="problems">The mistakes.</param>
public sealed class PikkuConfigurationException(IReadOnlyList<string> problems)
    : Exception($"The settings have {problems.Count} mistake(s):{string.Concat(problems.Select(p => Environment.NewLine + "  - " + p))}")
{
    /// <summary>The mistakes.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;

    /// <summary>The mistakes alone: where in the library they were found helps nobody to mend them.</summary>
    public override string ToString() => Message;
}
