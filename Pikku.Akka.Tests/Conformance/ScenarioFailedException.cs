using System.Text.Json;

namespace Pikku.Akka.Tests.Conformance;

/// <summary>A step of a scenario failed. The message names the step, because the stack trace shows only the player.</summary>
internal sealed class ScenarioFailedException(ScenarioFile scenario, int number, JsonElement step, Exception why)
    : Exception(
        $"""
        {scenario.Name} [{string.Join(' ', scenario.Rules)}]: {scenario.About}
        Step {number}: {Shorten(step.GetRawText())}
        {why.Message}
        """,
        why)
{
    /// <summary>The maximum length of a step in the message, because scenarios send megabytes.</summary>
    public static string Shorten(string text) => text.Length <= 400 ? text : text[..400] + "…";
}
