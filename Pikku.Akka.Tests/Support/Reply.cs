using System.Text.Json;

namespace Pikku.Akka.Tests.Support;

/// <summary>Looks into what a client got.</summary>
internal static class Reply
{
    /// <summary>The name of the error that a reply tells of, in either form; the whole text when it tells of none.</summary>
    public static string ErrorName(string text)
    {
        using var json = JsonDocument.Parse(text);
        var root = json.RootElement;
        if (root.TryGetProperty("errorName", out var flat))
            return flat.GetString()!;
        return root.TryGetProperty("error", out var error) ? error.GetProperty("name").GetString()! : text;
    }
}
