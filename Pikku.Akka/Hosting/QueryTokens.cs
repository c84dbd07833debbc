using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Pikku.Akka.WebSockets;

namespace Pikku.Akka.Hosting;

/// <summary>
/// The token of a browser in the query of a request. The server logs and traces a request before anything of the application sees it, and once
/// more after that: then it is masked. In between the request is as it came, for authentication and for whatever passes it on.
/// </summary>
internal sealed class QueryTokens
{
    private const string Mask = "Redacted"; // as the instrumentation of OpenTelemetry writes it

    private readonly (string Query, string Target) _came;
    private readonly (string Query, string Target) _masked;
    private int _shown;

    private QueryTokens((string Query, string Target) came, (string Query, string Target) masked)
    {
        _came = came;
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

    /// <summary>Runs the application with the request as it came.</summary>
    public static Task ShowDuringAsync(HttpContext context, RequestDelegate application) =>
        context.Features.Get<QueryTokens>() is { } hidden ? hidden.RunAsync(context, application) : application(context);

    private async Task RunAsync(HttpContext context, RequestDelegate application)
    {
        var request = context.Features.GetRequiredFeature<IHttpRequestFeature>();
        // Whoever has changed it since then wanted it to be so.
        if (request.QueryString != _masked.Query)
        {
            await application(context);
            return;
        }

        Volatile.Write(ref _shown, 1);
        Put(request, _came);
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
    /// Masks the token although the application still runs, because it is not waited for any more. When that ends, the request may be gone, and
    /// what belonged to it may belong to another one.
    /// </summary>
    public static void GiveUp(HttpContext context) =>
        context.Features.Get<QueryTokens>()?.HideAgain(context.Features.GetRequiredFeature<IHttpRequestFeature>());

    // Once for each time that it was shown.
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

    /// <summary>The query with every token masked; null when it has none.</summary>
    private static string? Masked(string query)
    {
        var parts = query[1..].Split('&');
        var found = false;
        for (var i = 0; i < parts.Length; i++)
        {
            var end = parts[i].IndexOf('=', StringComparison.Ordinal);
            if (end < 0 || !string.Equals(NameOf(parts[i][..end]), UpgradeTokens.QueryParameter, StringComparison.OrdinalIgnoreCase))
                continue;
            parts[i] = $"{parts[i][..end]}={Mask}";
            found = true;
        }

        return found ? $"?{string.Join('&', parts)}" : null;
    }

    // A name may be written with escapes, and is the same to whoever reads the query.
    private static string NameOf(string written) => Uri.UnescapeDataString(written.Replace('+', ' '));
}
