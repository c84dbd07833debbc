namespace Pikku.Akka.Clients;

/// <summary>An error that the server replied with.</summary>
public class PikkuException : Exception
{
    /// <param name="name">The name of the error, such as <c>NotFoundError</c>.</param>
    /// <param name="status">The equivalent HTTP status code.</param>
    /// <param name="message">The description of the error, for people.</param>
    /// <param name="inner">The cause on the client's side.</param>
    public PikkuException(string name, int status, string message, Exception? inner = null) : base(message, inner)
    {
        Name = name;
        Status = status;
    }

    /// <summary>The name of the error, such as <c>NotFoundError</c>. The server may send names that you do not know; use <see
    /// cref="Status"/> for those.</summary>
    public string Name { get; }

    /// <summary>The equivalent HTTP status code; 0 if the server sent none.</summary>
    public int Status { get; }

    /// <summary>The validation rules that the input breaks.</summary>
    public IReadOnlyList<PikkuErrorDetail> Details { get; init; } = Array.Empty<PikkuErrorDetail>();

    /// <summary>The id of the error in the server's log; null if the server hides nothing from the client.</summary>
    public string? ErrorId { get; init; }

    /// <summary>Creates the same error for another caller, because a shared exception would have the stack trace of one caller.</summary>
    internal virtual PikkuException Copy(Exception? inner) => new(Name, Status, Message, inner) { Details = Details, ErrorId = ErrorId };

    /// <summary>Reads the error of an enveloped or flat message. Accepts any JSON.</summary>
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

    /// <summary>Reads the broken validation rules from a property of a message or of a problem document.</summary>
    private protected static IReadOnlyList<PikkuErrorDetail> DetailsOf(JsonElement json, string name) =>
        json.TryGetProperty(name, out var details) && details.ValueKind == JsonValueKind.Array
            ? details.EnumerateArray().Where(detail => detail.ValueKind == JsonValueKind.Object)
                .Select(detail => new PikkuErrorDetail(Text(detail, "path") ?? "", Text(detail, "message") ?? "")).ToArray()
            : Array.Empty<PikkuErrorDetail>();

    private protected static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
