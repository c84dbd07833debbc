namespace Pikku.Akka.Clients;

/// <summary>Prepares each new connection before queued messages use it, and renews its session while it lasts.</summary>
/// <param name="options">The options.</param>
/// <param name="dialer">Has the tokens.</param>
/// <param name="inbox">Learns when <c>onConnect</c> has completed.</param>
/// <param name="caller">Sends the requests.</param>
/// <param name="reporter">Reports failures of the renewal.</param>
/// <param name="routeOf">Creates the route that sends on the session, for <c>OnOpen</c>.</param>
internal sealed class PikkuPreparation(
    PikkuOptions options, PikkuDialer dialer, PikkuInbox inbox, PikkuCaller caller, PikkuReporter reporter, Func<PikkuSession, PikkuRoute> routeOf)
{
    /// <summary>Waits until the server's <c>onConnect</c> and the client's <c>OnOpen</c> have completed.</summary>
    public async Task RunAsync(PikkuSession session)
    {
        await session.WriteAsync("""{"action":"pikku-ping","ready":true}"""u8.ToArray(), WebSocketMessageType.Text).ConfigureAwait(false);
        if (options.Token is not null)
        {
            var renewal = new PikkuRenewal(dialer.AskForTokenAsync, (token, ended) => AuthenticateAsync(session, token, ended), options.Clock, reporter.Report);
            reporter.Observe(renewal.RunAsync(inbox.Ready, session.Ended));
        }

        var prepared = options.OnOpen?.Invoke(routeOf(session), session.Ended) ?? Task.CompletedTask;
        var both = BothAsync(inbox.Ready, prepared);
        try
        {
            await both.WaitAsync(options.Timeout, options.Clock, session.Ended).ConfigureAwait(false);
        }
        catch (TimeoutException e) when (!both.IsCompleted)
        {
            throw new TimeoutException($"onConnect and {nameof(PikkuOptions.OnOpen)} did not complete within {options.Timeout}.", e);
        }
        finally
        {
            PikkuDialer.IgnoreFailure(both);
            PikkuDialer.IgnoreFailure(prepared);
        }
    }

    // A failure of OnOpen ends the connection at once.
    private static async Task BothAsync(Task ready, Task prepared)
    {
        await (await Task.WhenAny(ready, prepared).ConfigureAwait(false)).ConfigureAwait(false);
        await Task.WhenAll(ready, prepared).ConfigureAwait(false);
    }

    /// <summary>Presents a token on a connection and returns the answer, which says when the session expires.</summary>
    private async Task<JsonElement> AuthenticateAsync(PikkuSession session, string token, CancellationToken ended)
    {
        var answer = await caller.CallAsync(
            id => PikkuOutgoing.Request("pikku-auth", id, json => json.WriteString("token", token)), null, session, ended).ConfigureAwait(false);
        dialer.Replace(token);
        return answer;
    }
}
