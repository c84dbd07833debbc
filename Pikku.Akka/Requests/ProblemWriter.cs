using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace Pikku.Akka.Requests;

/// <summary>Writes the response to a refused upgrade as problem details (RFC 9457), because a client that is not connected cannot receive a frame.</summary>
internal static class ProblemWriter
{
    private const string RetryAfterSeconds = "1"; // the node is full or restarts; the next attempt may reach another node

    public static Task WriteAsync(HttpContext context, RequestRefusal refusal)
    {
        if (refusal.Status is StatusCodes.Status503ServiceUnavailable or StatusCodes.Status429TooManyRequests)
            context.Response.Headers[HeaderNames.RetryAfter] = RetryAfterSeconds;
        if (refusal.Status == StatusCodes.Status401Unauthorized)
            context.Response.Headers.WWWAuthenticate = "Bearer error=\"invalid_token\""; // RFC 6750 §3

        var problem = new ProblemDetails { Status = refusal.Status, Title = refusal.Title, Detail = refusal.Message };
        if (refusal.Errors is not null)
            problem.Extensions["errors"] = refusal.Errors.Select(e => new { path = e.Path, message = e.Message });
        return TypedResults.Problem(problem).ExecuteAsync(context);
    }
}
