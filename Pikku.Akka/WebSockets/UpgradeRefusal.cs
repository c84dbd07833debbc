using Microsoft.AspNetCore.Http;

namespace Pikku.Akka.WebSockets;

/// <summary>An upgrade is refused with a status that says why (E6).</summary>
internal sealed class UpgradeRefusal(int status, string title, string detail, IReadOnlyList<InputProblem>? errors = null) : Exception(detail)
{
    public int Status { get; } = status;

    public string Title { get; } = title;

    public IReadOnlyList<InputProblem>? Errors { get; } = errors;

    public static UpgradeRefusal Unavailable(string detail) =>
        new(StatusCodes.Status503ServiceUnavailable, "Service Unavailable", detail);

    /// <summary>
    /// The code of the application that runs before an upgrade did not end in time. It still has the request, and the server would use the same
    /// object for the next one of this connection: there is none.
    /// </summary>
    public static UpgradeRefusal TookTooLong(HttpContext context)
    {
        if (HttpProtocol.IsHttp11(context.Request.Protocol)) // RFC 9113 §8.2.2: later versions have no such header
            context.Response.Headers.Connection = "close";
        return Unavailable("The handshake took too long.");
    }
}
