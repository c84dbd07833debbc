using Microsoft.AspNetCore.Http;

namespace Pikku.Akka.Requests;

/// <summary>Thrown to refuse an upgrade with a status that contains the reason (E6).</summary>
internal sealed class RequestRefusal(int status, string title, string detail, IReadOnlyList<InputProblem>? errors = null) : Exception(detail)
{
    public int Status { get; } = status;

    public string Title { get; } = title;

    public IReadOnlyList<InputProblem>? Errors { get; } = errors;

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
