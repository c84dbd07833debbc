using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace Pikku.Akka.Requests;

/// <summary>Writes the response to a refused request as problem details (RFC 9457), because a client that is not connected cannot receive a frame.</summary>
internal static class ProblemWriter
{
    private const string RetryAfterSeconds = "1"; // the node is full or restarts; the next attempt may reach another node

    // RFC 6750 §3: the error is for requests that have a token.
    private const string Bearer = "Bearer";
    private const string InvalidToken = "Bearer error=\"invalid_token\"";

    public static Task WriteAsync(HttpContext context, RequestRefusal refusal)
    {
        if (refusal.Status is StatusCodes.Status503ServiceUnavailable or StatusCodes.Status429TooManyRequests)
            context.Response.Headers[HeaderNames.RetryAfter] = RetryAfterSeconds;
        if (refusal.Status == StatusCodes.Status401Unauthorized)
            context.Response.Headers.WWWAuthenticate = RequestTokens.HasBearer(context.Request) ? InvalidToken : Bearer;

        var problem = new ProblemDetails { Status = refusal.Status, Title = refusal.Title, Detail = refusal.Message };
        if (refusal.Errors is not null)
            problem.Extensions["errors"] = refusal.Errors.Select(e => new { path = e.Path, message = e.Message });
        if (refusal.Name is not null)
            problem.Extensions["name"] = refusal.Name;
        if (refusal.ErrorId is not null)
            problem.Extensions["errorId"] = refusal.ErrorId;
        // RFC 9110 §9.3.2: the response to HEAD has no body. Kestrel drops a body only on HTTP/1.1.
        if (HttpMethods.IsHead(context.Request.Method))
            context.Response.Body = Stream.Null;
        return TypedResults.Problem(problem).ExecuteAsync(context);
    }
}
