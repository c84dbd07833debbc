namespace Pikku.Clients;

/// <summary>What the server answered instead of a result.</summary>
public class PikkuException : Exception
{
    /// <param name="name">Which error, such as <c>NotFoundError</c>.</param>
    /// <param name="status">The HTTP status that says the same.</param>
    /// <param name="message">For people.</param>
    /// <param name="inner">What caused it here.</param>
    public PikkuException(string name, int status, string message, Exception? inner = null) : base(message, inner)
    {
        Name = name;
        Status = status;
    }

    /// <summary>Which error, such as <c>NotFoundError</c>. Expect names that you do not know, and go by <see cref="Status"/> then.</summary>
    public string Name { get; }

    /// <summary>The HTTP status that says the same; 0 when the server did not say.</summary>
    public int Status { get; }

    /// <summary>The rules that the input breaks.</summary>
    public IReadOnlyList<PikkuErrorDetail> Details { get; init; } = Array.Empty<PikkuErrorDetail>();

    /// <summary>Under which the server's log has it; null where the client is told everything.</summary>
    public string? ErrorId { get; init; }

    /// <summary>Reads the error of a message, enveloped or flat, from whatever the server sent.</summary>
    internal static PikkuException Of(JsonElement message)
    {
        if (!(message.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object))
            return new PikkuException(Text(message, "errorName") ?? "Error", 0, Text(message, "error") ?? "");
        var status = error.TryGetProperty("status", out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var value) ? value : 0;
        return new PikkuException(Text(error, "name") ?? "Error", status, Text(error, "message") ?? "")
        {
            ErrorId = Text(error, "errorId"),
            Details = DetailsOf(error, "details"),
        };
    }

    /// <summary>The broken rules in a property of a message or a problem.</summary>
    private protected static IReadOnlyList<PikkuErrorDetail> DetailsOf(JsonElement json, string name) =>
        json.TryGetProperty(name, out var details) && details.ValueKind == JsonValueKind.Array
            ? details.EnumerateArray().Where(detail => detail.ValueKind == JsonValueKind.Object)
                .Select(detail => new PikkuErrorDetail(Text(detail, "path") ?? "", Text(detail, "message") ?? "")).ToArray()
            : Array.Empty<PikkuErrorDetail>();

    private protected static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
