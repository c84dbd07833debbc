namespace Pikku.Clients;

/// <summary>How a connection ended, or why there was none.</summary>
internal sealed record PikkuEnd(int? Code, string? Reason, Exception? Error)
{
    // A server that lets go of everybody spreads the returns over seconds; nobody is to be sent away for longer than this.
    private static readonly TimeSpan s_longestHint = TimeSpan.FromMinutes(5);

    private static readonly Regex s_hint = new("retry-after-ms=([0-9]{1,9})\\s*$", RegexOptions.CultureInvariant);

    /// <summary>True when trying again would end in the same way, or the server wants no more.</summary>
    public bool IsFinal(PikkuOptions options) => Error switch
    {
        // Another token may be accepted.
        PikkuRefusedException { Status: 401 } => options.Token is null,
        PikkuRefusedException { Status: 403 or 404 or 422 or 426 } or PikkuClosedException => true,
        _ => Code is 1000 or 1002 or 1003 or 1007 or 1009,
    };

    /// <summary>How long to wait before the next attempt.</summary>
    /// <param name="options">The bounds.</param>
    /// <param name="failures">How many attempts have failed in a row before this one.</param>
    /// <param name="random">From 0 to 1.</param>
    public TimeSpan Delay(PikkuOptions options, int failures, double random)
    {
        if (Code == 1001 && s_hint.Match(Reason ?? "") is { Success: true } hint)
            return Shorter(TimeSpan.FromMilliseconds(int.Parse(hint.Groups[1].Value, CultureInfo.InvariantCulture)), s_longestHint);
        var longest = Shorter(options.MinDelay * Math.Pow(2, Math.Min(failures, 20)), options.MaxDelay);
        // Full jitter: clients that were lost together do not come back together.
        return longest * random + (Error is PikkuRefusedException { RetryAfter: { } asked } ? Shorter(asked, s_longestHint) : TimeSpan.Zero);
    }

    public string Describe() => Code is null ? Error?.Message ?? "" : $"{Code} {Reason ?? Error?.Message}".TrimEnd();

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
