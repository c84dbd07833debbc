using Pikku.Akka.Settings;

namespace Pikku.Akka.EventHub;

/// <summary>
/// Decides when the positions of connected clients are renewed, so that a client that stays connected and gets no events keeps a position that is good. Not
/// thread-safe: the lane owns it.
/// </summary>
internal sealed class PositionRenewal
{
    // A quarter of the default lifetime of a position: a client that is away afterwards has at least 18 of its 24 hours.
    private static readonly TimeSpan RenewWithin = TimeSpan.FromHours(6);

    private readonly Queue<string> _rest = [];
    private readonly long _round;
    private int _count;
    private long _begun;

    /// <param name="settings">The lifetime of positions.</param>
    /// <param name="now">The time, in milliseconds of the clock of the lane.</param>
    public PositionRenewal(HistorySettings settings, long now)
    {
        var within = TimeSpan.FromTicks(Math.Min(RenewWithin.Ticks, settings.PositionLifetime.Ticks / 4));
        // A topic that gets its first subscriber directly after the beginning of a round is renewed at the latest at the end of the next one.
        _round = Math.Max(1, (long)within.TotalMilliseconds / 2);
        _begun = now;
    }

    /// <summary>Renews a part of the topics, so that a round is spread evenly over its time.</summary>
    /// <param name="topics">The topics that have a subscriber.</param>
    /// <param name="now">The time, in milliseconds of the clock of the lane.</param>
    /// <param name="renew">Renews one topic.</param>
    public void Continue(IReadOnlyCollection<string> topics, long now, Action<string> renew)
    {
        if (now - _begun >= _round && _rest.Count == 0)
        {
            foreach (var topic in topics)
                _rest.Enqueue(topic);
            (_count, _begun) = (_rest.Count, now);
        }

        var left = _count - (long)(_count * Math.Min(1, (double)(now - _begun) / _round));
        while (_rest.Count > left)
            renew(_rest.Dequeue());
    }
}
