namespace Pikku.Akka.Clients;

/// <summary>Renews the session of an open connection with new tokens before it expires.</summary>
/// <param name="askForToken">Returns a token of the application.</param>
/// <param name="authenticate">Presents a token to the server and returns the new expiry.</param>
/// <param name="clock">The clock.</param>
/// <param name="report">Receives failures.</param>
internal sealed class PikkuRenewal(
    Func<PikkuTokenReason, CancellationToken, Task<string?>> askForToken, Func<string, CancellationToken, Task<JsonElement>> authenticate,
    TimeProvider clock, Action<Exception> report)
{
    // A token is renewed at most this long before it expires, so that tokens which live for hours are used.
    private static readonly TimeSpan s_maxLead = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan s_minDelay = TimeSpan.FromSeconds(1);

    // The longest delay that every timer supports.
    private static readonly TimeSpan s_maxDelay = TimeSpan.FromMilliseconds(int.MaxValue);

    // The delay before a failed renewal is repeated, and before a renewal if the clock says that the session has already expired.
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(10);

    /// <summary>Renews the session until its connection ends.</summary>
    /// <param name="accepted">Completes with the answer that says when the session expires.</param>
    /// <param name="ended">Canceled when the connection ends.</param>
    public async Task RunAsync(Task<JsonElement> accepted, CancellationToken ended)
    {
        try
        {
            var delay = DelayUntilRenewal(await accepted.WaitAsync(ended).ConfigureAwait(false));
            while (delay is { } wait)
            {
                await Task.Delay(wait, clock, ended).ConfigureAwait(false);
                delay = await RenewAsync(ended).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // A token that arrives after the end of its connection is not used.
        }
    }

    /// <summary>Returns the delay until the next renewal; null if there is none.</summary>
    private async Task<TimeSpan?> RenewAsync(CancellationToken ended)
    {
        PikkuException? refusal = null;
        string? refused = null;
        while (true)
        {
            string? token = null;
            try
            {
                token = await askForToken(refusal is null ? PikkuTokenReason.Expiring : PikkuTokenReason.Refused, ended).ConfigureAwait(false);
                if (!string.IsNullOrEmpty(token) && token != refused)
                    return DelayUntilRenewal(await authenticate(token!, ended).ConfigureAwait(false));
                if (refusal is not null)
                    report(refusal);
                return null;
            }
            catch (PikkuException e) when (token is not null && PikkuRefusedException.IsPermanent(e.Status))
            {
                // A refused token is replaced once. The server ends a session that is not renewed.
                if (refusal is not null)
                {
                    report(e);
                    return null;
                }

                (refusal, refused) = (e, token);
            }
            catch (Exception e) when (!ended.IsCancellationRequested)
            {
                report(e);
                return s_retry;
            }
        }
    }

    // Each client chooses another moment, so that sessions of the same age are not renewed together.
    private TimeSpan? DelayUntilRenewal(JsonElement answer)
    {
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("expiresAt", out var text) || text.ValueKind != JsonValueKind.String
            || !DateTimeOffset.TryParse(text.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var expiresAt))
            return null;
        var rest = expiresAt - clock.GetUtcNow();
        var quarter = rest / 4;
        var lead = (quarter < s_maxLead ? quarter : s_maxLead) * (1 - (Random.Shared.NextDouble() / 2));
        var delay = rest > TimeSpan.Zero ? rest - lead : s_retry;
        return delay < s_minDelay ? s_minDelay : delay > s_maxDelay ? s_maxDelay : delay;
    }
}
