namespace Pikku.Clients;

/// <summary>The reason why a connection ended or could not be opened.</summary>
internal sealed record PikkuEnd(int? Code, string? Reason, Exception? Error)
{
    // A server that shuts down spreads reconnects over seconds. The limit protects clients from a hint that is too long.
    private static readonly TimeSpan s_maxHint = TimeSpan.FromMinutes(5);

    private static readonly Regex s_hint = new("retry-after-ms=([0-9]+)\\s*$", RegexOptions.CultureInvariant);

    private static readonly Regex s_never = new("retry=never\\s*$", RegexOptions.CultureInvariant);

    /// <summary>True if the client could not send the request, so a new attempt would fail in the same way.</summary>
    public bool IsClientError { get; init; }

    /// <summary>True if a reply had arrived, which means that <c>onConnect</c> had accepted the connection.</summary>
    public bool WasAnswered { get; init; }

    /// <summary>True if the connection had stayed open for a while after it was ready.</summary>
    public bool WasStable { get; init; }

    /// <summary>True if a new attempt would end in the same way or the server asks for none.</summary>
    public bool IsFinal(PikkuOptions options) => Next(options) == PikkuNext.Stop;

    /// <summary>Decides whether to reconnect. An explicit hint of the server overrides the meaning of the close code.</summary>
    public PikkuNext Next(PikkuOptions options)
    {
        var retryWithNewToken = options.Token is null ? PikkuNext.Stop : PikkuNext.RetryWithNewToken;
        if (IsClientError || Error is PikkuClosedException || Code is >= 4400 and <= 4499 || s_never.IsMatch(Reason ?? ""))
            return PikkuNext.Stop;
        if (Hint() is not null)
            return PikkuNext.Retry;
        if (Code is 1000 or 1002 or 1003 or 1007 or 1009)
            return PikkuNext.Stop;
        // The session of an action has ended, too; OnOpen begins a new one.
        if (Code == 1008)
            return WasStable && options.OnOpen is not null ? PikkuNext.Retry : retryWithNewToken;
        return Error switch
        {
            PikkuRefusedException { Status: 401 } => retryWithNewToken,
            PikkuRefusedException { Status: var status } => PikkuRefusedException.IsPermanent(status) ? PikkuNext.Stop : PikkuNext.Retry,
            // onConnect refuses with this code if the reason is not the client's identity; the last error is the reason.
            PikkuException { Status: var status } when Code == 1011 && !WasAnswered && PikkuRefusedException.IsPermanent(status) => PikkuNext.Stop,
            _ => PikkuNext.Retry,
        };
    }

    /// <summary>Returns the delay before the next attempt.</summary>
    /// <param name="options">The bounds.</param>
    /// <param name="failures">The number of consecutive failed attempts.</param>
    /// <param name="random">A random number from 0 to 1.</param>
    public TimeSpan Delay(PikkuOptions options, int failures, double random)
    {
        // Full jitter: clients that lost their connections at the same time do not reconnect at the same time.
        var backoff = Shorter(options.MinDelay * Math.Pow(2, Math.Min(failures, 20)), options.MaxDelay) * random;
        // The hint of the server applies, but after a failure never with a shorter delay than the backoff.
        if (Hint() is { } hint)
            return failures > 0 && backoff > hint ? backoff : hint;
        return backoff + (Error is PikkuRefusedException { RetryAfter: { } asked } ? Shorter(asked, s_maxHint) : TimeSpan.Zero);
    }

    public string Describe() => Code is null ? Error?.Message ?? "" : $"{Code} {Reason ?? Error?.Message}".TrimEnd();

    // Only a close frame can carry a hint.
    private TimeSpan? Hint()
    {
        if (Code == 1006 || s_hint.Match(Reason ?? "") is not { Success: true } hint)
            return null;
        return int.TryParse(hint.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            ? Shorter(TimeSpan.FromMilliseconds(milliseconds), s_maxHint)
            : s_maxHint;
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
