namespace Pikku.Akka.Clients;

/// <summary>The server refused the connection with an HTTP status.</summary>
public sealed class PikkuRefusedException : PikkuException
{
    /// <param name="status">The HTTP status.</param>
    /// <param name="retryAfter">The delay that the server asks for.</param>
    /// <param name="inner">The cause on the client's side.</param>
    /// <param name="message">The reason of the server; null if it gives none.</param>
    public PikkuRefusedException(int status, TimeSpan? retryAfter = null, Exception? inner = null, string? message = null)
        : base(NameOf(status), status, message ?? $"The server refused the connection with {status}.", inner) => RetryAfter = retryAfter;

    /// <summary>The delay that the server asks for.</summary>
    public TimeSpan? RetryAfter { get; }

    internal override PikkuException Copy(Exception? inner) => new PikkuRefusedException(Status, RetryAfter, inner, Message) { Details = Details, ErrorId = ErrorId };

    /// <summary>True if the same request would be refused again until something else changes.</summary>
    internal static bool IsPermanent(int status) => status is >= 400 and < 500 and not (408 or 425 or 429);

    /// <summary>Reads the problem document (RFC 9457) that came with a status.</summary>
    internal static PikkuRefusedException Of(int status, TimeSpan? retryAfter, JsonElement problem, Exception? inner)
    {
        if (problem.ValueKind != JsonValueKind.Object)
            return new PikkuRefusedException(status, retryAfter, inner);
        return new PikkuRefusedException(status, retryAfter, inner, Text(problem, "detail") ?? Text(problem, "title")) { Details = DetailsOf(problem, "errors") };
    }

    // The same names as errors of functions. Other statuses have no name.
    private static string NameOf(int status) => status switch
    {
        400 => "BadRequestError",
        401 => "UnauthorizedError",
        403 => "ForbiddenError",
        404 => "NotFoundError",
        408 => "RequestTimeoutError",
        422 => "UnprocessableContentError",
        426 => "UpgradeRequiredError",
        429 => "TooManyRequestsError",
        503 => "ServiceUnavailableError",
        _ => "RefusedError",
    };
}
