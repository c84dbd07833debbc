using System.Threading.RateLimiting;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Connections;

/// <summary>How fast one connection may send. Made with its first message; needs no timer.</summary>
internal sealed class MessageRate : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100); // short enough that a full bucket is not needed for a steady rate

    private readonly TokenBucketRateLimiter _bucket;
    private readonly LimitSettings _settings;
    private int _refusedInARow;

    public MessageRate(LimitSettings settings)
    {
        _settings = settings;
        var perPeriod = settings.MessagesPerSecond / 10;
        _bucket = new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            AutoReplenishment = false,
            QueueLimit = 0,
            TokenLimit = settings.MessageBurst,
            ReplenishmentPeriod = perPeriod > 0 ? Period : TimeSpan.FromSeconds(1),
            TokensPerPeriod = perPeriod > 0 ? perPeriod : settings.MessagesPerSecond,
        });
    }

    /// <summary>True when a whole burst has been refused in a row: the client does not listen to its answers.</summary>
    public bool IsHopeless => _refusedInARow > _settings.MessageBurst;

    /// <summary>Takes what one message costs.</summary>
    public bool TryTake()
    {
        if (TryTake(1))
        {
            _refusedInARow = 0;
            return true;
        }

        _refusedInARow++;
        return false;
    }

    /// <summary>Takes the rest of what a malformed or unroutable message costs.</summary>
    public void TakeForViolation()
    {
        // What is left, when it is less: a client that only breaks the rules must not stay above zero by a remainder.
        for (var rest = _settings.ViolationCost - 1; rest > 0 && !TryTake(Math.Min(rest, _settings.MessageBurst)); rest /= 2)
        {
        }
    }

    public void Dispose() => _bucket.Dispose();

    private bool TryTake(int tokens)
    {
        _bucket.TryReplenish();
        using var lease = _bucket.AttemptAcquire(tokens);
        return lease.IsAcquired;
    }
}
