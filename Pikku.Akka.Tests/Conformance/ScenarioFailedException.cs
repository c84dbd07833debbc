using System.Text.Json;

namespace Pikku.Akka.Tests.Conformance;

/// <summary>A step did not go as written; names it, as line numbers of the player would say nothing.</summary>
internal sealed class ScenarioFailedException(ScenarioFile scenario, int number, JsonElement step, Exception why)
    : Exception(
        $"""
        {scenario.Name} [{string.Join(' ', scenario.Rules)}]: {scenario.About}
        Step {number}: {Shorten(step.GetRawText())}
        {why.Message}
        """,
        why)
{
    /// <summary>Scenarios send megabytes; a report needs the beginning.</summary>
    public static string Shorten(string text) => text.Length <= 400 ? text : text[..400] + "…";
}
