using System.Text.Json;

namespace Pikku.Akka.Tests.Conformance;

/// <summary>The messages that clients send and must receive, and the rules that the scenario covers.</summary>
internal sealed record ScenarioFile(string Name, IReadOnlyList<string> Rules, string About, IReadOnlyList<JsonElement> Steps)
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Scenarios");

    /// <summary>All scenarios, ordered by name.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Directory.EnumerateFiles(Folder, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    public static ScenarioFile Read(string name) =>
        JsonSerializer.Deserialize<ScenarioFile>(File.ReadAllBytes(Path.Combine(Folder, name + ".json")), JsonSerializerOptions.Web)!;

    public async Task PlayAsync(ScenarioStage stage)
    {
        foreach (var (number, json) in Steps.Index())
        {
            try
            {
                await ScenarioStep.Read(json, stage.Saved).PlayAsync(stage);
            }
            catch (Exception e)
            {
                throw new ScenarioFailedException(this, number + 1, json, e);
            }
        }
    }
}
