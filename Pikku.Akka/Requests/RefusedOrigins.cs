using Microsoft.AspNetCore.Http;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Requests;

/// <summary>
/// Logs which origins are refused and why, because a page does not learn it. Each origin is logged once in an interval. A client can send any origin, so only a few are
/// remembered; while they are many, the others share one interval. Thread-safe.
/// </summary>
internal sealed class RefusedOrigins(UpgradeSettings settings, PikkuLog log, TimeProvider clock)
{
    private const int MaxOrigins = 16; // an operator reads no more of them
    private const int MaxLength = 120; // characters of a header in the log

    private readonly Lock _gate = new();
    private readonly Dictionary<string, LogInterval> _origins = [];
    private readonly LogInterval _others = new(clock);

    /// <summary>Logs a refusal if it is due.</summary>
    public void Refuse(HttpRequest request)
    {
        var origin = Printable(request.Headers.Origin.ToString());
        if (IsDue(origin, out var count))
            log.OriginRefused(count, origin, Printable($"{request.Scheme}://{request.Host.Value}"), string.Join(", ", settings.Origins));
    }

    private bool IsDue(string origin, out int count)
    {
        lock (_gate)
        {
            if (!_origins.TryGetValue(origin, out var interval))
            {
                if (_origins.Count == MaxOrigins)
                {
                    if (!_others.IsDue(1, out count))
                        return false;
                    _origins.Clear();
                }

                _origins.Add(origin, interval = new LogInterval(clock));
            }

            return interval.IsDue(1, out count);
        }
    }

    // Both texts are of the client. A line break would forge an entry of the log.
    private static string Printable(string text) =>
        string.Concat(text.Take(MaxLength).Select(c => c is > ' ' and <= '~' ? c : '?')) + (text.Length > MaxLength ? "…" : "");
}
