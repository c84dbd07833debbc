using System.Text.Json;
using Pikku.Akka.Testing;

namespace Pikku.Akka;

/// <summary>
/// A scenario in a file: what clients send and what they must receive. A file that records the messages of another server has the same format. The steps are described in
/// <c>docs/testing.md</c>.
/// </summary>
/// <param name="Name">The name.</param>
/// <param name="Rules">The rules that the scenario shows.</param>
/// <param name="About">What the scenario shows.</param>
/// <param name="Steps">The steps.</param>
public sealed record PikkuScenario(string Name, IReadOnlyList<string> Rules, string About, IReadOnlyList<JsonElement> Steps)
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The path of the file.</param>
    /// <exception cref="JsonException">The file is no scenario.</exception>
    public static PikkuScenario Load(string path) => Parse(File.ReadAllText(path));

    /// <summary>Reads a scenario.</summary>
    /// <param name="json">The content of a file.</param>
    /// <exception cref="JsonException">The content is no scenario.</exception>
    public static PikkuScenario Parse(string json)
    {
        var scenario = JsonSerializer.Deserialize<PikkuScenario>(json, JsonSerializerOptions.Web);
        return scenario is { Name: not null, Steps: not null } ? scenario with { Rules = scenario.Rules ?? [], About = scenario.About ?? "" } : throw new JsonException("A scenario has 'name' and 'steps'.");
    }

    /// <summary>Plays the scenario on one host.</summary>
    /// <param name="host">The host.</param>
    /// <param name="token">Creates the token of a user, for <c>${jwt:user}</c>.</param>
    /// <exception cref="PikkuExpectationException">A step failed. The message has its number and what came instead.</exception>
    public Task PlayAsync(PikkuTestHost host, Func<string, string>? token = null) => PlayAsync([host], token);

    /// <summary>Plays the scenario on the nodes of a cluster, which must behave like one server: each connection goes to the next node.</summary>
    /// <param name="hosts">The nodes.</param>
    /// <param name="token">Creates the token of a user, for <c>${jwt:user}</c>.</param>
    /// <exception cref="PikkuExpectationException">A step failed. The message has its number and what came instead.</exception>
    public async Task PlayAsync(IReadOnlyList<PikkuTestHost> hosts, Func<string, string>? token = null)
    {
        ArgumentNullException.ThrowIfNull(hosts);
        ArgumentOutOfRangeException.ThrowIfZero(hosts.Count);
        await using var stage = new ScenarioStage(hosts, token);
        foreach (var (number, step) in Steps.Index())
        {
            try
            {
                await stage.PlayAsync(step);
            }
            catch (Exception e)
            {
                throw new PikkuExpectationException(
                    $"""
                    {Name} [{string.Join(' ', Rules)}]: {About}
                    Step {number + 1}: {PikkuTestMessage.Shorten(step.GetRawText())}
                    {e.Message}
                    """,
                    e);
            }
        }
    }
}
