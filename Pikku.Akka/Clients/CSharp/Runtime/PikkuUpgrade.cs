namespace Pikku.Clients;

/// <summary>What a connection is asked for with.</summary>
/// <param name="Subprotocol">To be offered: <c>pikku.v1</c>.</param>
/// <param name="Token">For the header <c>Authorization: Bearer</c>; null for none.</param>
public sealed record PikkuUpgrade(string Subprotocol, string? Token)
{
    internal static async Task<WebSocket> ConnectAsync(Uri address, PikkuUpgrade upgrade, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.AddSubProtocol(upgrade.Subprotocol);
            socket.Options.CollectHttpResponseDetails = true;
            socket.Options.KeepAliveInterval = TimeSpan.FromSeconds(15);
#if NET9_0_OR_GREATER
            // Else a peer that vanished without a word is noticed by the next message alone.
            socket.Options.KeepAliveTimeout = TimeSpan.FromSeconds(15);
#endif
            if (upgrade.Token is { } token)
                socket.Options.SetRequestHeader("Authorization", "Bearer " + token);
            await socket.ConnectAsync(address, cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch (WebSocketException e) when (socket.HttpStatusCode is var status && status != 0)
        {
            var retryAfter = socket.HttpResponseHeaders?.FirstOrDefault(header => header.Key.Equals("Retry-After", StringComparison.OrdinalIgnoreCase)).Value;
            socket.Dispose();
            throw new PikkuRefusedException((int)status, Seconds(retryAfter?.FirstOrDefault()), e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static TimeSpan? Seconds(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : null;

    /// <inheritdoc/>
    public override string ToString() => Subprotocol; // a token is for no log
}
