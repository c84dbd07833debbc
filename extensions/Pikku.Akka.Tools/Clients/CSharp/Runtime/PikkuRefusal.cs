namespace Pikku.Clients;

/// <summary>Finds out why an upgrade was refused: the same address without one is refused in the same way, and with 426 what would be accepted.</summary>
internal static class PikkuRefusal
{
    // A problem is a few hundred bytes; what is longer is none.
    private const int MaxSize = 64 * 1024;

    /// <summary>What the server says; null where it says nothing about it.</summary>
    public static async Task<PikkuRefusedException?> AskAsync(Uri address, string? token, Exception cause, CancellationToken cancellationToken)
    {
        try
        {
            // A header has bytes: those of UTF-8, each as a character. Elsewhere than in a browser only ASCII is let through unless asked for.
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
            // Below is a page that shares the address, or a network that wants people to sign in.
            if (status < 400 || status == 426)
                return null;
            var retryAfter = response.Headers.TryGetValues("Retry-After", out var values) ? Seconds(values.FirstOrDefault()) : null;
            return PikkuRefusedException.Of(status, retryAfter, await ReadAsync(response.Content, cancellationToken).ConfigureAwait(false), cause);
        }
        catch (Exception)
        {
            return null; // nobody answers there, or this page may not know what
        }
    }

    public static TimeSpan? Seconds(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : null;

    private static async Task<JsonElement> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        try
        {
            await content.LoadIntoBufferAsync(MaxSize).WaitAsync(cancellationToken).ConfigureAwait(false);
            return PikkuJson.Parse(await content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (Exception)
        {
            return default; // the status says enough
        }
    }
}
