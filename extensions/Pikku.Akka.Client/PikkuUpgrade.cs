namespace Pikku.Akka.Clients;

/// <summary>The parameters of a WebSocket upgrade.</summary>
/// <param name="Subprotocol">The subprotocol to offer: <c>pikku.v1</c>.</param>
/// <param name="Token">The token for the header <c>Authorization: Bearer</c>; null if there is none.</param>
public sealed record PikkuUpgrade(string Subprotocol, string? Token)
{
    /// <summary>True to offer compression: <see cref="PikkuOptions.Compress"/>.</summary>
    public bool Compress { get; init; }

    internal static Task<WebSocket> ConnectAsync(Uri address, PikkuUpgrade upgrade, CancellationToken cancellationToken) =>
        ConnectAsync(address, upgrade, OperatingSystem.IsBrowser(), cancellationToken);

    /// <param name="address">The address.</param>
    /// <param name="upgrade">The parameters of the upgrade.</param>
    /// <param name="isBrowser">True if the WebSocket is that of a browser, which accepts only subprotocols and hides the status of
    /// a refusal.</param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    internal static async Task<WebSocket> ConnectAsync(Uri address, PikkuUpgrade upgrade, bool isBrowser, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        try
        {
            var (subprotocols, authorization) = upgrade.Offer(isBrowser);
            foreach (var subprotocol in subprotocols)
                socket.Options.AddSubProtocol(subprotocol);
            // Checked twice, because the platform analyzer recognizes only the call.
            if (!isBrowser && !OperatingSystem.IsBrowser())
            {
                socket.Options.CollectHttpResponseDetails = true;
                // The client pings by messages, on every platform in the same way.
                socket.Options.KeepAliveInterval = TimeSpan.Zero;
                // Each message is compressed for itself, which the server demands: no message affects the length of a later one.
                if (upgrade.Compress)
                    socket.Options.DangerousDeflateOptions = new WebSocketDeflateOptions { ClientContextTakeover = false, ServerContextTakeover = false };
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
            // The reason is in the body, which the WebSocket does not expose.
            var asked = known is null ? isBrowser : PikkuRefusedException.IsPermanent(known.Status);
            var refusal = asked ? await PikkuRefusal.AskAsync(address, upgrade.Token, e, cancellationToken).ConfigureAwait(false) : null;
            if (refusal is not null && (known is null || known.Status == refusal.Status))
                throw refusal;
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

    /// <summary>Decides how the token is sent: in the header if the platform allows it and the token has only characters that a
    /// header can carry.</summary>
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

    // RFC 9110 §5.6.2: the characters that a subprotocol may contain.
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
    public override string ToString() => Subprotocol; // The token must not be logged.
}
