using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Pikku.Akka.Replication;

namespace Pikku.Akka.EventStreams;

/// <summary>Reads what a request says about event streams.</summary>
internal static class EventStreamRequest
{
    /// <summary>The media type of event streams.</summary>
    public const string ContentType = "text/event-stream";

    /// <summary>The header with the last position that a client has received.</summary>
    public const string LastEventId = "Last-Event-ID";

    /// <summary>The query parameter with the same content, for a page that opens a stream anew: scripts cannot set the header of an <c>EventSource</c>.</summary>
    public const string LastEventIdParameter = "lastEventId";

    private static readonly MediaTypeHeaderValue s_type = new(ContentType);

    /// <summary>True when the request names the media type, as every <c>EventSource</c> does.</summary>
    public static bool Is(HttpRequest request) =>
        IsReading(request.Method) && request.Headers.Accept.Any(value => value?.Contains(ContentType, StringComparison.OrdinalIgnoreCase) == true);

    /// <summary>True for the methods of an event stream.</summary>
    public static bool IsReading(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method);

    /// <summary>
    /// True when the client accepts an event stream (RFC 9110 §12.5.1). A request without the header accepts everything. The most specific range decides, so
    /// <c>*/*, text/event-stream;q=0</c> does not accept it.
    /// </summary>
    public static bool Accepts(HttpRequest request)
    {
        var header = request.Headers.Accept;
        if (header.Count == 0 || header.All(string.IsNullOrWhiteSpace))
            return true;
        if (!MediaTypeHeaderValue.TryParseList([.. header.OfType<string>()], out var ranges))
            return false;
        var best = ranges.Where(range => s_type.IsSubsetOf(WithoutQuality(range)))
            .MaxBy(range => range.MatchesAllTypes ? 0 : range.MatchesAllSubTypes ? 1 : 2);
        return best is not null && best.Quality is not 0;
    }

    /// <summary>The position of the client; null for none. A text that is no position is a position of no history: a browser would repeat a refused request for ever.</summary>
    public static Position? ReadPosition(HttpRequest request)
    {
        string? text = request.Headers[LastEventId];
        if (string.IsNullOrEmpty(text))
            text = request.Query[LastEventIdParameter];
        if (string.IsNullOrEmpty(text))
            return null;
        return Position.TryParse(text, out var position) ? position : Position.Unknown;
    }

    private static MediaTypeHeaderValue WithoutQuality(MediaTypeHeaderValue range) => new(range.MediaType);
}
