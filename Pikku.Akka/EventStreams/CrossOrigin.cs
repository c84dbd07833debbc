using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Pikku.Akka.EventStreams;

/// <summary>
/// The CORS headers of event streams. Pages of other origins may not connect unless <c>pikku.upgrade.origins</c> lists them, as for WebSockets. Browsers show a
/// response to an allowed page only with these headers, also with <c>withCredentials</c>.
/// </summary>
internal static class CrossOrigin
{
    private const string AllowedMethods = "GET, HEAD";
    private const string AllowedHeaders = "Authorization, Cache-Control, Last-Event-ID";
    private const string PreflightLifetime = "600"; // seconds; Chromium keeps an answer at most 2 hours, and an operator may want a change sooner

    /// <summary>Adds the headers to the response to a request whose origin is allowed.</summary>
    public static void Allow(HttpContext context)
    {
        string? origin = context.Request.Headers.Origin;
        if (string.IsNullOrEmpty(origin))
            return;
        var headers = context.Response.Headers;
        headers.AccessControlAllowOrigin = origin;
        headers.AccessControlAllowCredentials = "true";
        headers.AccessControlExposeHeaders = HeaderNames.RetryAfter;
        headers.Append(HeaderNames.Vary, HeaderNames.Origin);
    }

    /// <summary>True for the question of a browser whether a page may send a request, such as one with an <c>Authorization</c> header.</summary>
    public static bool IsPreflight(HttpRequest request) =>
        HttpMethods.IsOptions(request.Method) && request.Headers.Origin.Count > 0 && request.Headers.AccessControlRequestMethod.Count > 0;

    /// <summary>Answers a preflight request.</summary>
    public static void AnswerPreflight(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        context.Response.Headers.AccessControlAllowMethods = AllowedMethods;
        context.Response.Headers.AccessControlAllowHeaders = AllowedHeaders;
        context.Response.Headers.AccessControlMaxAge = PreflightLifetime;
    }
}
