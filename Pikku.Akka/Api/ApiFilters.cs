using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Cluster;

namespace Pikku.Akka.Api;

/// <summary>What all endpoints of the API have in common: problem details for errors, and idempotency keys.</summary>
internal static class ApiFilters
{
    /// <summary>The header of draft-ietf-httpapi-idempotency-key-header.</summary>
    public const string KeyHeader = "Idempotency-Key";

    private const int MaxKey = 256; // characters; several times the length of a UUID

    /// <summary>Answers errors with problem details (RFC 9457). The callers are authorized, so the details of the hub are shown.</summary>
    public static async ValueTask<object?> DescribeProblemsAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (Exception e) when (ProblemOf(e) is { } problem)
        {
            return problem;
        }
    }

    /// <summary>Answers a request that has the idempotency key of an earlier one as the earlier one was answered.</summary>
    public static async ValueTask<object?> RecognizeRetriesAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (http.Request.Headers[KeyHeader] is not { Count: > 0 } header)
            return await next(context);
        if (header.ToString() is not { Length: > 0 and <= MaxKey } given)
            throw new UnprocessableContentError(KeyHeader, $"must have 1 to {MaxKey} characters");
        var store = http.RequestServices.GetRequiredService<RequestStore>();
        var key = Hash($"{CallerOf(http.User)}\n{http.Request.Method} {http.Request.Path}\n{given}");
        var fingerprint = Convert.ToBase64String(SHA256.HashData(await ApiBody.BytesAsync(http)));
        if (!store.TryBegin(key))
            throw new ConflictError("A request with this idempotency key is being carried out. Try again when it has ended.");
        try
        {
            if (await store.FindAsync(key, http.RequestAborted) is { } known)
            {
                return known.Fingerprint == fingerprint
                    ? new ApiAnswer(known.Status, known.Body)
                    : throw new UnprocessableContentError(KeyHeader, "was used for a request with another content");
            }

            // An error has done nothing, or not everything, so a retry is carried out.
            var answer = (ApiAnswer)(await next(context))!;
            await store.SaveAsync(key, new RequestRecord(fingerprint, answer.Status, answer.Body));
            return answer;
        }
        finally
        {
            store.End(key);
        }
    }

    /// <summary>The problem details of an exception; null for a failure of the server that callers learn nothing of.</summary>
    public static ApiAnswer? ProblemOf(Exception exception) => exception switch
    {
        UnprocessableContentError invalid => Problem(422, "The content of the request is invalid.", invalid.Details),
        EventHubException { Reason: EventHubErrorReason.TypeMismatch or EventHubErrorReason.NotSerializable } refused => Problem(422, refused.Message),
        EventHubException refused => Problem(refused.Status, refused.Message),
        TimeoutException late => Problem(504, late.Message),
        BadHttpRequestException bad => Problem(bad.StatusCode, bad.Message),
        PikkuException error => Problem(error.Status, error.Message),
        _ => null,
    };

    /// <summary>The name of a caller, for the log.</summary>
    public static string NameOf(ClaimsPrincipal user) => user.Identity?.Name ?? CallerOf(user) ?? "an operator without a name";

    private static ApiAnswer Problem(int status, string title, IReadOnlyList<InputProblem>? errors = null) =>
        new(status, JsonSerializer.Serialize(new ApiProblem("about:blank", title, status, errors), ApiBody.Json), IsProblem: true);

    // The claims that name a caller, as ASP.NET Core maps them and as tokens have them: a user, or a client with credentials of its own.
    private static string? CallerOf(ClaimsPrincipal user) =>
        user.FindFirstValue(ClaimTypes.NameIdentifier) ?? user.FindFirstValue("sub") ?? user.FindFirstValue("client_id") ?? user.FindFirstValue("azp") ?? user.Identity?.Name;

    private static string Hash(string text) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
