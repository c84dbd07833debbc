using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;

namespace Pikku.Akka.Requests;

/// <summary>
/// The decoded path parameters of a request. Servers decode every escape of a path except <c>%2F</c>, so <c>a%2Fb</c> (the text <c>a/b</c>) and <c>a%252Fb</c> (the
/// text <c>a%2Fb</c>) are equal in the route values. The raw target of the request distinguishes them.
/// </summary>
internal static class PathParameters
{
    private const string Slash = "%2F";

    // A noncharacter that represents a slash within a segment while the route is matched again. It does not occur in text (Unicode §23.7).
    private const char SlashInside = '\uFFFF';

    public static IEnumerable<KeyValuePair<string, string?>> Of(HttpContext context)
    {
        var values = context.Request.RouteValues;
        // In most cases no parameter contains %2F.
        return values.Values.Any(HasEscapedSlash) ? ToStrings(DecodeFromTarget(context) ?? values) : ToStrings(values);
    }

    private static bool HasEscapedSlash(object? value) => value?.ToString()?.Contains(Slash, StringComparison.OrdinalIgnoreCase) == true;

    private static IEnumerable<KeyValuePair<string, string?>> ToStrings(RouteValueDictionary values) =>
        values.Select(value => KeyValuePair.Create(value.Key, value.Value?.ToString()));

    private static RouteValueDictionary? DecodeFromTarget(HttpContext context)
    {
        if (context.GetEndpoint() is not RouteEndpoint endpoint)
            return null;
        var path = context.Request.Path.Value ?? "";
        var known = RawSegments(context, path) is { } raw ? "/" + string.Join('/', raw.Select(Decode)) : null;
        // If middleware has rewritten the path, the two cases cannot be distinguished. %2F is then treated as an escaped slash, which is nearly always right.
        path = known ?? path.Replace(Slash, $"{SlashInside}", StringComparison.OrdinalIgnoreCase);

        var pattern = endpoint.RoutePattern;
        var values = new RouteValueDictionary();
        if (!new TemplateMatcher(new RouteTemplate(pattern), new RouteValueDictionary(pattern.Defaults)).TryMatch(new PathString(path), values))
            return null;
        foreach (var (name, value) in values.ToArray())
            values[name] = value is string text ? text.Replace(SlashInside, '/') : value;
        return values;
    }

    private static string Decode(string segment) => Uri.UnescapeDataString(segment).Replace('/', SlashInside);

    /// <summary>The segments of the raw target that correspond to the path; null when the path is not the one that the client sent.</summary>
    private static string[]? RawSegments(HttpContext context, string path)
    {
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        var segments = WithoutDots(PathOf(target).Split('/'));
        var decoded = path.Split('/');
        // The target may begin with the path base, or with a prefix that a proxy or middleware has removed.
        if (segments.Count < decoded.Length)
            return null;
        var own = segments.GetRange(segments.Count - (decoded.Length - 1), decoded.Length - 1);
        return own.Zip(decoded.Skip(1)).All(pair => DecodeLikeServer(pair.First) == pair.Second) ? [.. own] : null;
    }

    private static string PathOf(string target)
    {
        var end = target.IndexOfAny(['?', '#']);
        var path = end < 0 ? target : target[..end];
        // RFC 9112 §3.2.2: a request through a proxy has an absolute URI as its target.
        var authority = path.IndexOf("://", StringComparison.Ordinal);
        if (path.StartsWith('/') || authority < 0)
            return path;
        var start = path.IndexOf('/', authority + 3);
        return start < 0 ? "/" : path[start..];
    }

    // RFC 3986 §5.2.4: a server removes dot segments after decoding.
    private static List<string> WithoutDots(string[] segments)
    {
        var kept = new List<string>(segments.Length);
        for (var i = 0; i < segments.Length; i++)
        {
            var text = DecodeLikeServer(segments[i]);
            if (text is not ("." or ".."))
            {
                kept.Add(segments[i]);
                continue;
            }

            if (text == ".." && kept.Count > 1)
                kept.RemoveAt(kept.Count - 1);
            // A dot segment at the end keeps the slash before it.
            if (i == segments.Length - 1)
                kept.Add("");
        }

        return kept;
    }

    private static string DecodeLikeServer(string segment) =>
        Uri.UnescapeDataString(segment.Replace(Slash, "%25" + Slash[1..], StringComparison.Ordinal).Replace("%2f", "%252f", StringComparison.Ordinal));
}
