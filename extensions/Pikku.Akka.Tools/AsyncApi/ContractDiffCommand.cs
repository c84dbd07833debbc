using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pikku.Akka.AsyncApi.Diff;

namespace Pikku.Akka.AsyncApi;

/// <summary>The command <c>contract diff</c>: prints the changes between two documents as text or JSON.</summary>
internal static class ContractDiffCommand
{
    /// <summary>The exit code if no change breaks a client of the old contract.</summary>
    public const int Compatible = 0;

    /// <summary>The exit code if at least one change breaks a client of the old contract.</summary>
    public const int Breaking = 1;

    /// <summary>The exit code if a file is missing or is not a document that Pikku.Akka wrote.</summary>
    public const int Unreadable = 2;

    private static readonly JsonSerializerOptions Indented =
        new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="older">The file of the old document.</param>
    /// <param name="newer">The file of the new document.</param>
    /// <param name="json">True to print JSON instead of text.</param>
    /// <param name="output">Receives the changes.</param>
    /// <param name="error">Receives the reason if the documents cannot be compared.</param>
    /// <returns><see cref="Compatible"/>, <see cref="Breaking"/> or <see cref="Unreadable"/>.</returns>
    public static int Run(string older, string newer, bool json, TextWriter output, TextWriter error)
    {
        if (Read(older, error) is not { } was || Read(newer, error) is not { } now)
            return Unreadable;
        IReadOnlyList<ContractChange> changes;
        try
        {
            changes = ContractDiff.Of(was, now);
        }
        catch (UnreadableContractException e)
        {
            error.WriteLine($"{older} and {newer} cannot be compared: {e.Message}");
            return Unreadable;
        }

        var breaking = changes.Count(change => change.IsBreaking);
        output.Write(json ? Json(changes, breaking) : Text(changes, breaking));
        return breaking > 0 ? Breaking : Compatible;
    }

    private static string? Read(string file, TextWriter error)
    {
        try
        {
            var text = File.ReadAllText(file);
            ContractDocument.Parse(text);
            return text;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException or UnreadableContractException)
        {
            error.WriteLine($"{file} cannot be read: {e.Message}");
            return null;
        }
    }

    private static string Text(IReadOnlyList<ContractChange> changes, int breaking) =>
        string.Concat(changes.Select(change => $"{change}\n")) + (changes.Count == 0 ? "No changes.\n" : $"{breaking} breaking, {changes.Count - breaking} compatible\n");

    private static string Json(IReadOnlyList<ContractChange> changes, int breaking) => new JsonObject
    {
        ["breaking"] = breaking,
        ["compatible"] = changes.Count - breaking,
        ["changes"] = new JsonArray([.. changes.Select(change => (JsonNode?)new JsonObject
        {
            ["severity"] = change.Severity, ["place"] = change.Place, ["change"] = change.Text,
        })]),
    }.ToJsonString(Indented) + "\n";
}
