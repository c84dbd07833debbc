using System.Text.Json;

namespace Pikku.Akka.Tests.Support;

/// <summary>Inspects the messages of a client.</summary>
internal static class Reply
{
    /// <summary>The name of the error in a reply of either form; the whole text if it is not an error.</summary>
    public static string ErrorName(string text)
    {
        using var json = JsonDocument.Parse(text);
        var root = json.RootElement;
        if (root.TryGetProperty("errorName", out var flat))
            return flat.GetString()!;
        return root.TryGetProperty("error", out var error) ? error.GetProperty("name").GetString()! : text;
    }
}
