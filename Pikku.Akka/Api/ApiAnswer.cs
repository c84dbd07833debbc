using Microsoft.AspNetCore.Http;

namespace Pikku.Akka.Api;

/// <summary>The answer of an endpoint, as JSON that can be kept and sent again.</summary>
/// <param name="Status">The status.</param>
/// <param name="Body">The JSON; null for none.</param>
/// <param name="IsProblem">True for problem details (RFC 9457).</param>
internal sealed record ApiAnswer(int Status, string? Body, bool IsProblem = false) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Status;
        response.Headers.CacheControl = "no-store";
        if (Body is null)
            return Task.CompletedTask;
        response.ContentType = IsProblem ? "application/problem+json" : "application/json; charset=utf-8";
        return response.WriteAsync(Body, httpContext.RequestAborted);
    }
}
