namespace Pikku.Akka.Clients;

/// <summary>Finds out why an upgrade was refused: the same request without an upgrade is refused for the same reason, or with 426 if
/// the upgrade would be accepted.</summary>
internal static class PikkuRefusal
{
    // A problem document has a few hundred bytes; a longer body is something else.
    private const int MaxSize = 64 * 1024;

    /// <summary>Returns the reason of the server; null if it gives none.</summary>
    public static async Task<PikkuRefusedException?> AskAsync(Uri address, string? token, Exception cause, CancellationToken cancellationToken)
    {
        try
        {
            // The token is sent as UTF-8 bytes, each as one Latin-1 character. Outside of browsers, only ASCII is allowed
            // unless configured.
            HttpMessageHandler handler = OperatingSystem.IsBrowser()
                ? new HttpClientHandler()
                : new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1 };
            using var http = new HttpClient(handler);
            using var request = new HttpRequestMessage(
                HttpMethod.Get, new UriBuilder(address) { Scheme = address.Scheme.Equals("wss", StringComparison.OrdinalIgnoreCase) ? "https" : "http" }.Uri);
            if (!string.IsNullOrEmpty(token))
                request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(token)));
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            var status = (int)response.StatusCode;
            // A lower status comes from a page at the same address or from a network that requires signing in.
            if (status < 400 || status == 426)
                return null;
            var retryAfter = response.Headers.TryGetValues("Retry-After", out var values) ? Seconds(values.FirstOrDefault()) : null;
            return PikkuRefusedException.Of(status, retryAfter, await ReadAsync(response.Content, cancellationToken).ConfigureAwait(false), cause);
        }
        catch (Exception)
        {
            return null; // The server does not answer, or the browser hides the response from this page.
        }
    }

    public static TimeSpan? Seconds(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : null;

    private static async Task<JsonElement> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        try
        {
#if NET9_0_OR_GREATER
            await content.LoadIntoBufferAsync(MaxSize, cancellationToken).ConfigureAwait(false);
#else
            await content.LoadIntoBufferAsync(MaxSize).WaitAsync(cancellationToken).ConfigureAwait(false);
#endif
            return PikkuText.Parse(await content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (Exception)
        {
            return default; // The status alone is enough.
        }
    }
}
