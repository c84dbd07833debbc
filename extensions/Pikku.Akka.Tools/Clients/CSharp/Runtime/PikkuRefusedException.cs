namespace Pikku.Clients;

/// <summary>The server refused a connection with an HTTP status.</summary>
public sealed class PikkuRefusedException : PikkuException
{
    /// <param name="status">The HTTP status.</param>
    /// <param name="retryAfter">How long the server asks to wait.</param>
    /// <param name="inner">What caused it here.</param>
    /// <param name="message">What the server says of it; null for nothing.</param>
    public PikkuRefusedException(int status, TimeSpan? retryAfter = null, Exception? inner = null, string? message = null)
        : base(NameOf(status), status, message ?? $"The server refused the connection with {status}.", inner) => RetryAfter = retryAfter;

    /// <summary>How long the server asks to wait.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>True where the same request would be refused again, until something else changes.</summary>
    internal static bool IsLasting(int status) => status is >= 400 and < 500 and not (408 or 425 or 429);

    /// <summary>Reads the problem (RFC 9457) that came with a status.</summary>
    internal static PikkuRefusedException Of(int status, TimeSpan? retryAfter, JsonElement problem, Exception? inner)
    {
        if (problem.ValueKind != JsonValueKind.Object)
            return new PikkuRefusedException(status, retryAfter, inner);
        return new PikkuRefusedException(status, retryAfter, inner, Text(problem, "detail") ?? Text(problem, "title")) { Details = DetailsOf(problem, "errors") };
    }

    // The names that errors of functions have. A status that is not here has no name of its own.
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
