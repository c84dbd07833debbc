using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Pikku.Akka.Requests;

namespace Pikku.Akka.Hosting;

/// <summary>
/// The token of a browser in the query of a request. The server logs and traces a request before and after the pipeline of the application, and the token is
/// masked then. Within the pipeline the request has its original query, for authentication and for proxies.
/// </summary>
internal sealed class QueryTokens
{
    private const string Mask = "Redacted"; // the text that the instrumentation of OpenTelemetry uses

    private readonly (string Query, string Target) _original;
    private readonly (string Query, string Target) _masked;
    private int _shown;

    private QueryTokens((string Query, string Target) original, (string Query, string Target) masked)
    {
        _original = original;
        _masked = masked;
    }

    /// <summary>Masks the token of a request, if it has one.</summary>
    public static void Hide(IFeatureCollection features)
    {
        if (features.Get<IHttpRequestFeature>() is not { QueryString.Length: > 0 } request || Masked(request.QueryString) is not { } query)
            return;
        var target = request.RawTarget.IndexOf('?', StringComparison.Ordinal) is >= 0 and var mark
            ? string.Concat(request.RawTarget.AsSpan(0, mark), Masked(request.RawTarget[mark..]) ?? request.RawTarget.AsSpan(mark))
            : request.RawTarget;
        var hidden = new QueryTokens((request.QueryString, request.RawTarget), (query, target));
        features.Set(hidden);
        Put(request, hidden._masked);
    }

    /// <summary>Runs the pipeline of the application with the original query.</summary>
    public static Task ShowDuringAsync(HttpContext context, RequestDelegate application) =>
        context.Features.Get<QueryTokens>() is { } hidden ? hidden.RunAsync(context, application) : application(context);

    private async Task RunAsync(HttpContext context, RequestDelegate application)
    {
        var request = context.Features.GetRequiredFeature<IHttpRequestFeature>();
        // Other code has changed the query in the meantime, so the original query is not restored.
        if (request.QueryString != _masked.Query)
        {
            await application(context);
            return;
        }

        Volatile.Write(ref _shown, 1);
        Put(request, _original);
        try
        {
            await application(context);
        }
        finally
        {
            HideAgain(request);
        }
    }

    /// <summary>
    /// Masks the token although the pipeline of the application still runs, because the server does not wait for it any longer. When the pipeline ends, the request
    /// may have ended, and its objects may belong to another request.
    /// </summary>
    public static void GiveUp(HttpContext context) =>
        context.Features.Get<QueryTokens>()?.HideAgain(context.Features.GetRequiredFeature<IHttpRequestFeature>());

    // The token is masked once for each time that it was shown.
    private void HideAgain(IHttpRequestFeature request)
    {
        if (Interlocked.Exchange(ref _shown, 0) != 0)
            Put(request, _masked);
    }

    private static void Put(IHttpRequestFeature request, (string Query, string Target) text)
    {
        request.QueryString = text.Query;
        request.RawTarget = text.Target;
    }

    /// <summary>The query with every token masked; null when it contains no token.</summary>
    private static string? Masked(string query)
    {
        var parts = query[1..].Split('&');
        var found = false;
        for (var i = 0; i < parts.Length; i++)
        {
            var end = parts[i].IndexOf('=', StringComparison.Ordinal);
            if (end < 0 || !string.Equals(NameOf(parts[i][..end]), RequestTokens.QueryParameter, StringComparison.OrdinalIgnoreCase))
                continue;
            parts[i] = $"{parts[i][..end]}={Mask}";
            found = true;
        }

        return found ? $"?{string.Join('&', parts)}" : null;
    }

    // A parameter name may contain escapes, which readers of the query decode.
    private static string NameOf(string written) => Uri.UnescapeDataString(written.Replace('+', ' '));
}
