namespace Pikku.Akka;

/// <summary>
/// The application does not start because its settings are invalid. Lists every problem with its path or file, its value and the fix; if the wiring is
/// invalid as well, also every problem of that.
/// </summary>
public sealed class PikkuConfigurationException : Exception
{
    /// <param name="problems">The problems.</param>
    public PikkuConfigurationException(IReadOnlyList<string> problems) : this(problems, "The settings have") { }

    private PikkuConfigurationException(IReadOnlyList<string> problems, string subject)
        : base($"{subject} {problems.Count} mistake(s):{string.Concat(problems.Select(p => Environment.NewLine + "  - " + p))}") =>
        Problems = problems;

    /// <summary>The problems.</summary>
    public IReadOnlyList<string> Problems { get; }

    /// <summary>The problems without a stack trace: where the library found them does not help to fix them.</summary>
    public override string ToString() => Message;

    /// <summary>Both settings and wiring are invalid, and one start tells of both.</summary>
    internal static PikkuConfigurationException OfBoth(IReadOnlyList<string> settings, IReadOnlyList<string> wiring) =>
        new([.. settings, .. wiring], "The settings and the wiring have");
}
