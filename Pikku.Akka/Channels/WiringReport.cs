namespace Pikku.Akka.Channels;

/// <summary>Collects the problems of a wiring, which stop the start together (A6), and the warnings.</summary>
internal sealed class WiringReport
{
    private readonly List<string> _problems = [];
    private readonly List<string> _warnings = [];

    /// <summary>What has no effect, each with a hint.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Adds a problem.</summary>
    /// <param name="place">The part of the wiring.</param>
    /// <param name="problem">What is wrong, and the fix.</param>
    public void Problem(string place, string problem) => _problems.Add($"{place} {problem}.");

    /// <summary>Adds problems that are complete sentences.</summary>
    public void Problems(IEnumerable<string> problems) => _problems.AddRange(problems);

    public void Warn(string warning) => _warnings.Add(warning);

    /// <summary>Adds a problem for each name that occurs more than once.</summary>
    /// <param name="place">The part of the wiring.</param>
    /// <param name="names">The names.</param>
    /// <param name="what">What the part does with a name.</param>
    public void CheckOnce(string place, IEnumerable<string> names, string what)
    {
        foreach (var twice in names.GroupBy(name => name, StringComparer.Ordinal).Where(group => group.Count() > 1))
            Problem(place, $"{what} '{twice.Key}' {twice.Count()} times; remove the duplicates");
    }

    /// <exception cref="PikkuWiringException">There is a problem.</exception>
    public void ThrowIfInvalid()
    {
        if (_problems.Count > 0)
            throw new PikkuWiringException([.. _problems.Distinct()]);
    }

    /// <summary>The source location of a channel, to follow its name in a problem; empty when it is not known.</summary>
    public static string PlaceOf(ChannelDefinition channel) => channel.Place.Length > 0 ? $" ({channel.Place})" : "";
}
