namespace Pikku.Akka.Tests.Conformance;

/// <summary>A raw upgrade request. A WebSocket client would hide the response to a refused request and cannot send a malformed
/// one.</summary>
internal static class UpgradeRequest
{
    /// <summary>Sends the request.</summary>
    /// <returns>The HTTP status; 101 if the upgrade was accepted.</returns>
    public static async Task<int> SendAsync(Uri address, IReadOnlyDictionary<string, string> headers)
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false };
        using var http = new HttpClient(handler) { Timeout = ScenarioClient.Patience };
        using var request = new HttpRequestMessage(HttpMethod.Get, address);

        // The key is the example of RFC 6455 §1.3.
        Dictionary<string, string> all = new(StringComparer.OrdinalIgnoreCase)
        {
            ["Connection"] = "Upgrade",
            ["Upgrade"] = "websocket",
            ["Sec-WebSocket-Version"] = "13",
            ["Sec-WebSocket-Key"] = "dGhlIHNhbXBsZSBub25jZQ==",
        };
        foreach (var (name, value) in headers)
            all[name] = value;
        foreach (var (name, value) in all)
            request.Headers.TryAddWithoutValidation(name, value);

        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return (int)response.StatusCode;
    }
}
