using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;

namespace Pikku.Akka.WebSockets;

/// <summary>
/// The path parameters of a request as the client meant them. Servers decode every escape of a path but <c>%2F</c>, so that <c>a%2Fb</c> (the
/// text <c>a/b</c>) and <c>a%252Fb</c> (the text <c>a%2Fb</c>) look alike in the route values; the target of the request tells them apart.
/// </summary>
internal static class PathParameters
{
    private const string Slash = "%2F";

    // A noncharacter, which stands for a slash within a segment while the route is matched again. It is in no text (Unicode §23.7).
    private const char SlashInside = '\uFFFF';

    public static IEnumerable<KeyValuePair<string, string?>> Of(HttpContext context)
    {
        var values = context.Request.RouteValues;
        // By far the most usual: no parameter has anything to tell apart.
        return values.Values.Any(HasSlash) ? Texts(Decoded(context) ?? values) : Texts(values);
    }

    private static bool HasSlash(object? value) => value?.ToString()?.Contains(Slash, StringComparison.OrdinalIgnoreCase) == true;

    private static IEnumerable<KeyValuePair<string, string?>> Texts(RouteValueDictionary values) =>
        values.Select(value => KeyValuePair.Create(value.Key, value.Value?.ToString()));

    private static RouteValueDictionary? Decoded(HttpContext context)
    {
        if (context.GetEndpoint() is not RouteEndpoint endpoint)
            return null;
        var path = context.Request.Path.Value ?? "";
        var known = RawSegments(context, path) is { } raw ? "/" + string.Join('/', raw.Select(Decode)) : null;
        // Where somebody rewrote the path on the way, nothing tells the two apart. An escaped slash is what it is nearly always.
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

    /// <summary>The segments of the target that became the path; null when the path is not what the client sent.</summary>
    private static string[]? RawSegments(HttpContext context, string path)
    {
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        var segments = WithoutDots(PathOf(target).Split('/'));
        var decoded = path.Split('/');
        // What stands in front is the path base, or what a proxy or middleware took away.
        if (segments.Count < decoded.Length)
            return null;
        var own = segments.GetRange(segments.Count - (decoded.Length - 1), decoded.Length - 1);
        return own.Zip(decoded.Skip(1)).All(pair => AsServersDecode(pair.First) == pair.Second) ? [.. own] : null;
    }

    private static string PathOf(string target)
    {
        var end = target.IndexOfAny(['?', '#']);
        var path = end < 0 ? target : target[..end];
        // RFC 9112 §3.2.2: through a proxy the target is a whole address.
        var authority = path.IndexOf("://", StringComparison.Ordinal);
        if (path.StartsWith('/') || authority < 0)
            return path;
        var start = path.IndexOf('/', authority + 3);
        return start < 0 ? "/" : path[start..];
    }

    // RFC 3986 §5.2.4, which a server does after it has decoded.
    private static List<string> WithoutDots(string[] segments)
    {
        var kept = new List<string>(segments.Length);
        for (var i = 0; i < segments.Length; i++)
        {
            var text = AsServersDecode(segments[i]);
            if (text is not ("." or ".."))
            {
                kept.Add(segments[i]);
                continue;
            }

            if (text == ".." && kept.Count > 1)
                kept.RemoveAt(kept.Count - 1);
            // A dot at the end leaves the slash in front of it.
            if (i == segments.Length - 1)
                kept.Add("");
        }

        return kept;
    }

    private static string AsServersDecode(string segment) =>
        Uri.UnescapeDataString(segment.Replace(Slash, "%25" + Slash[1..], StringComparison.Ordinal).Replace("%2f", "%252f", StringComparison.Ordinal));
}
