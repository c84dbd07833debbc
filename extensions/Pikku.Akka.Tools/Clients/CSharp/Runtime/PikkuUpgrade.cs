namespace Pikku.Clients;

/// <summary>What a connection is asked for with.</summary>
/// <param name="Subprotocol">To be offered: <c>pikku.v1</c>.</param>
/// <param name="Token">For the header <c>Authorization: Bearer</c>; null for none.</param>
public sealed record PikkuUpgrade(string Subprotocol, string? Token)
{
    internal static Task<WebSocket> ConnectAsync(Uri address, PikkuUpgrade upgrade, CancellationToken cancellationToken) =>
        ConnectAsync(address, upgrade, OperatingSystem.IsBrowser(), cancellationToken);

    /// <param name="address">Where.</param>
    /// <param name="upgrade">With what.</param>
    /// <param name="isBrowser">True where the WebSocket is that of a browser: it takes subprotocols and nothing else, and tells no status.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    internal static async Task<WebSocket> ConnectAsync(Uri address, PikkuUpgrade upgrade, bool isBrowser, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        try
        {
            var (subprotocols, authorization) = upgrade.Offer(isBrowser);
            foreach (var subprotocol in subprotocols)
                socket.Options.AddSubProtocol(subprotocol);
            // Asked twice, so that an analyzer of platforms sees it, too.
            if (!isBrowser && !OperatingSystem.IsBrowser())
            {
                socket.Options.CollectHttpResponseDetails = true;
                socket.Options.KeepAliveInterval = TimeSpan.FromSeconds(15);
#if NET9_0_OR_GREATER
                // Else a peer that vanished without a word is noticed by the next message alone.
                socket.Options.KeepAliveTimeout = TimeSpan.FromSeconds(15);
#endif
                if (authorization is not null)
                    socket.Options.SetRequestHeader("Authorization", authorization);
            }

            await socket.ConnectAsync(address, cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch (WebSocketException e)
        {
            var known = isBrowser || OperatingSystem.IsBrowser() ? null : RefusalOf(socket, e);
            socket.Dispose();
            // Why is in the body, which a WebSocket does not show either.
            var asked = known is null ? isBrowser : PikkuRefusedException.IsLasting(known.Status);
            var told = asked ? await PikkuRefusal.AskAsync(address, upgrade.Token, e, cancellationToken).ConfigureAwait(false) : null;
            if (told is not null && (known is null || known.Status == told.Status))
                throw told;
            if (known is not null)
                throw known;
            throw;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>How the token goes along: in the header, where there can be one and it has only what headers carry.</summary>
    internal (IReadOnlyList<string> Subprotocols, string? Authorization) Offer(bool isBrowser)
    {
        if (string.IsNullOrEmpty(Token))
            return (new[] { Subprotocol }, null);
        if (!isBrowser && Token.All(character => character is > ' ' and <= '~'))
            return (new[] { Subprotocol }, "Bearer " + Token);
        if (Token.All(IsTokenCharacter))
            return (new[] { Subprotocol, "pikku.bearer." + Token }, null);
        var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(Token)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        return (new[] { Subprotocol, "pikku.bearer64." + encoded }, null);
    }

    // RFC 9110 §5.6.2: what a subprotocol may consist of.
    private static bool IsTokenCharacter(char character) =>
        character is (>= '0' and <= '9') or (>= 'A' and <= 'Z') or (>= 'a' and <= 'z') || "!#$%&'*+-.^_`|~".Contains(character);

    private static PikkuRefusedException? RefusalOf(ClientWebSocket socket, Exception cause)
    {
        if (socket.HttpStatusCode == 0)
            return null;
        var retryAfter = socket.HttpResponseHeaders?.FirstOrDefault(header => header.Key.Equals("Retry-After", StringComparison.OrdinalIgnoreCase)).Value;
        return new PikkuRefusedException((int)socket.HttpStatusCode, PikkuRefusal.Seconds(retryAfter?.FirstOrDefault()), cause);
    }

    /// <inheritdoc/>
    public override string ToString() => Subprotocol; // a token is for no log
}
