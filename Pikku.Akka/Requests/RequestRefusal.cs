using Microsoft.AspNetCore.Http;

namespace Pikku.Akka.Requests;

/// <summary>Thrown to refuse a request with a status that contains the reason (E6).</summary>
internal sealed class RequestRefusal(int status, string title, string detail, IReadOnlyList<InputProblem>? errors = null) : Exception(detail)
{
    public int Status { get; } = status;

    public string Title { get; } = title;

    public IReadOnlyList<InputProblem>? Errors { get; } = errors;

    /// <summary>The name of the error, as a message of a connection would have it; null for the refusals that happen before there is one.</summary>
    public string? Name { get; init; }

    /// <summary>The id under which an unexpected error is logged; null for none.</summary>
    public string? ErrorId { get; init; }

    public static RequestRefusal Unavailable(string detail) =>
        new(StatusCodes.Status503ServiceUnavailable, "Service Unavailable", detail);

    /// <summary>
    /// User code that runs before the upgrade has timed out. It still uses the request, whose objects the server would reuse for the next request of this TCP
    /// connection. Therefore the connection is closed after the response.
    /// </summary>
    public static RequestRefusal TookTooLong(HttpContext context)
    {
        if (HttpProtocol.IsHttp11(context.Request.Protocol)) // RFC 9113 §8.2.2: later versions have no such header
            context.Response.Headers.Connection = "close";
        return Unavailable("The handshake took too long.");
    }
}
