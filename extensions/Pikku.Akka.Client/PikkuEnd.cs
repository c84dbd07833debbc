namespace Pikku.Akka.Clients;

/// <summary>The reason why a connection ended or could not be opened.</summary>
internal sealed record PikkuEnd(int? Code, string? Reason, Exception? Error)
{
    // A server that shuts down spreads reconnects over seconds. The limit protects clients from a hint that is too long.
    private static readonly TimeSpan s_maxHint = TimeSpan.FromMinutes(5);

    private static readonly Regex s_hint = new("retry-after-ms=([0-9]+)\\s*$", RegexOptions.CultureInvariant);

    private static readonly Regex s_never = new("retry=never\\s*$", RegexOptions.CultureInvariant);

    /// <summary>True if the client could not send the request, so a new attempt would fail in the same way.</summary>
    public bool IsClientError { get; init; }

    /// <summary>True if <c>onConnect</c> had accepted the connection.</summary>
    public bool WasAccepted { get; init; }

    /// <summary>True if the server had refused a token before and has not accepted one since.</summary>
    public bool WasRefused { get; init; }

    /// <summary>True if the connection had stayed open for a while after it was ready.</summary>
    public bool WasStable { get; init; }

    /// <summary>The error that the server refused the connection with, at the upgrade or in <c>onConnect</c>; null if it did not or gave none.</summary>
    public PikkuException? Refusal => Error is PikkuRefusedException || !WasAccepted ? Error as PikkuException : null;

    /// <summary>True if a new attempt would end in the same way or the server asks for none.</summary>
    public bool IsFinal(PikkuOptions options) => Next(options) == PikkuNext.Stop;

    /// <summary>Decides whether to reconnect. An explicit hint of the server overrides the meaning of the close code.</summary>
    public PikkuNext Next(PikkuOptions options)
    {
        if (IsClientError || Error is PikkuClosedException || Code is >= 4400 and <= 4499 || s_never.IsMatch(Reason ?? ""))
            return PikkuNext.Stop;
        if (Hint() is not null)
            return PikkuNext.Retry;
        if (Code is 1000 or 1002 or 1003 or 1007 or 1009)
            return PikkuNext.Stop;
        // The session of an action has ended, too; OnOpen begins a new one.
        if (Code == 1008 && WasStable && options.OnOpen is not null)
            return PikkuNext.Retry;
        var status = Refusal?.Status ?? 0;
        // With a 403, the server knows the user; another token of the same user changes nothing.
        if (status == 401 || (Code == 1008 && status != 403))
            return options.Token is null || WasRefused ? PikkuNext.Stop : PikkuNext.RetryWithNewToken;
        return Code == 1008 || PikkuRefusedException.IsPermanent(status) ? PikkuNext.Stop : PikkuNext.Retry;
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
