namespace Pikku.Clients;

/// <summary>How a connection ended, or why there was none.</summary>
internal sealed record PikkuEnd(int? Code, string? Reason, Exception? Error)
{
    // A server that lets go of everybody spreads the returns over seconds; nobody is to be sent away for longer than this.
    private static readonly TimeSpan s_longestHint = TimeSpan.FromMinutes(5);

    private static readonly Regex s_hint = new("retry-after-ms=([0-9]+)\\s*$", RegexOptions.CultureInvariant);

    private static readonly Regex s_never = new("retry=never\\s*$", RegexOptions.CultureInvariant);

    /// <summary>True when the client could not even ask: the same would fail in the same way.</summary>
    public bool IsMistake { get; init; }

    /// <summary>True when a reply had come, so that <c>onConnect</c> had let the connection in.</summary>
    public bool WasAnswered { get; init; }

    /// <summary>True when the connection had held for a while after it was ready.</summary>
    public bool HadHeld { get; init; }

    /// <summary>True when trying again would end in the same way, or the server wants no more.</summary>
    public bool IsFinal(PikkuOptions options) => Next(options) == PikkuNext.Never;

    /// <summary>Whether to come back. What the server says of it counts more than what its code means.</summary>
    public PikkuNext Next(PikkuOptions options)
    {
        var anotherToken = options.Token is null ? PikkuNext.Never : PikkuNext.WithAnotherToken;
        if (IsMistake || Error is PikkuClosedException || Code is >= 4400 and <= 4499 || s_never.IsMatch(Reason ?? ""))
            return PikkuNext.Never;
        if (Hint() is not null)
            return PikkuNext.Again;
        if (Code is 1000 or 1002 or 1003 or 1007 or 1009)
            return PikkuNext.Never;
        // A session that an action began ends, too, and OnOpen begins another one.
        if (Code == 1008)
            return HadHeld && options.OnOpen is not null ? PikkuNext.Again : anotherToken;
        return Error switch
        {
            PikkuRefusedException { Status: 401 } => anotherToken,
            PikkuRefusedException { Status: var status } => PikkuRefusedException.IsLasting(status) ? PikkuNext.Never : PikkuNext.Again,
            // With this code onConnect refuses what is not about who connects: what comes last is why.
            PikkuException { Status: var status } when Code == 1011 && !WasAnswered && PikkuRefusedException.IsLasting(status) => PikkuNext.Never,
            _ => PikkuNext.Again,
        };
    }

    /// <summary>How long to wait before the next attempt.</summary>
    /// <param name="options">The bounds.</param>
    /// <param name="failures">How many attempts have failed in a row before this one.</param>
    /// <param name="random">From 0 to 1.</param>
    public TimeSpan Delay(PikkuOptions options, int failures, double random)
    {
        // Full jitter: clients that were lost together do not come back together.
        var backoff = Shorter(options.MinDelay * Math.Pow(2, Math.Min(failures, 20)), options.MaxDelay) * random;
        // As long as the server says, but never without a pause where that did not help.
        if (Hint() is { } hint)
            return failures > 0 && backoff > hint ? backoff : hint;
        return backoff + (Error is PikkuRefusedException { RetryAfter: { } asked } ? Shorter(asked, s_longestHint) : TimeSpan.Zero);
    }

    public string Describe() => Code is null ? Error?.Message ?? "" : $"{Code} {Reason ?? Error?.Message}".TrimEnd();

    // Without a close frame the server has said nothing.
    private TimeSpan? Hint()
    {
        if (Code == 1006 || s_hint.Match(Reason ?? "") is not { Success: true } hint)
            return null;
        return int.TryParse(hint.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            ? Shorter(TimeSpan.FromMilliseconds(milliseconds), s_longestHint)
            : s_longestHint;
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
