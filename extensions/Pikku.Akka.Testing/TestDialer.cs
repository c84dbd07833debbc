using System.Net;
using System.Net.WebSockets;
using System.Text.Json;

namespace Pikku.Akka.Testing;

/// <summary>Sends requests and upgrades through the network of a host.</summary>
internal sealed class TestDialer(MemoryNetwork network, TimeSpan patience) : IDisposable
{
    private static readonly Uri s_origin = new("http://localhost");

    private readonly SocketsHttpHandler _requests = new()
    {
        AllowAutoRedirect = false, UseProxy = false, UseCookies = false,
        ConnectCallback = (_, _) => new ValueTask<Stream>(network.Connect().Client),
    };

    public HttpClient CreateClient() => new(_requests, disposeHandler: false) { BaseAddress = s_origin, Timeout = patience };

    /// <summary>Upgrades a request to a WebSocket.</summary>
    /// <exception cref="PikkuTestException">The upgrade is refused.</exception>
    public async Task<(WebSocket Socket, PikkuTestLink Link)> OpenAsync(string path, PikkuConnectOptions options, CancellationToken cancellationToken)
    {
        var user = options.Principal();
        if (user is not null && options.Token is not null)
            throw new ArgumentException("A connection has either a token, which the application authenticates, or a user or session of the test.", nameof(options));
        var link = network.Connect();
        link.User = user;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(patience);
        // Each socket has a handler of its own, so that its connection is this link and no pooled one. The connection lives on after the handler.
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false, ConnectCallback = (_, _) => new ValueTask<Stream>(link.Client) };
        using var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
        using var request = Upgrade(path, options);
        HttpResponseMessage response;
        try
        {
            response = await invoker.SendAsync(request, timeout.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            link.Cut();
            throw new PikkuExpectationException($"The upgrade of {path} was not answered within {patience}.", e);
        }

        if (response.StatusCode != HttpStatusCode.SwitchingProtocols)
        {
            using (response)
            {
                var refused = await RefusalOf(response, timeout.Token);
                link.Cut();
                throw refused;
            }
        }

        var chosen = response.Headers.TryGetValues("Sec-WebSocket-Protocol", out var protocols) ? protocols.Single() : null;
        if (chosen != options.Subprotocol)
        {
            link.Cut();
            throw new PikkuExpectationException($"The subprotocol '{options.Subprotocol}' was offered, and the server chose '{chosen}'.");
        }

        var stream = await response.Content.ReadAsStreamAsync(timeout.Token);
        return (WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { SubProtocol = chosen, KeepAliveInterval = Timeout.InfiniteTimeSpan }), link);
    }

    /// <summary>Sends an upgrade as it is and returns its status.</summary>
    public async Task<int> UpgradeStatusAsync(string path, IReadOnlyDictionary<string, string> headers)
    {
        var link = network.Connect();
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false, ConnectCallback = (_, _) => new ValueTask<Stream>(link.Client) };
        using var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
        using var request = Upgrade(path, new PikkuConnectOptions { Subprotocol = null, Headers = headers });
        using var timeout = new CancellationTokenSource(patience);
        using var response = await invoker.SendAsync(request, timeout.Token);
        link.Cut();
        return (int)response.StatusCode;
    }

    public void Dispose() => _requests.Dispose();

    private static HttpRequestMessage Upgrade(string path, PikkuConnectOptions options)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(s_origin, path)) { Version = HttpVersion.Version11 };
        // The key is the example of RFC 6455 §1.3.
        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase)
        {
            ["Connection"] = "Upgrade", ["Upgrade"] = "websocket", ["Sec-WebSocket-Version"] = "13", ["Sec-WebSocket-Key"] = "dGhlIHNhbXBsZSBub25jZQ==",
        };
        if (options.Subprotocol is not null)
            headers["Sec-WebSocket-Protocol"] = options.Subprotocol;
        if (options.Token is not null)
            headers["Authorization"] = $"Bearer {options.Token}";
        foreach (var (name, value) in options.Headers)
            headers[name] = value;
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    private static async Task<PikkuTestException> RefusalOf(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var (name, message, problems) = (response.ReasonPhrase ?? $"{response.StatusCode}", "The upgrade was refused.", new List<InputProblem>());
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        if (response.Content.Headers.ContentType?.MediaType == "application/problem+json")
        {
            var problem = JsonElement.Parse(body);
            name = problem.TryGetProperty("title", out var title) ? title.GetString()! : name;
            message = problem.TryGetProperty("detail", out var detail) ? detail.GetString()! : message;
            if (problem.TryGetProperty("errors", out var errors))
                problems.AddRange(errors.EnumerateArray().Select(error => new InputProblem(error.GetProperty("path").GetString()!, error.GetProperty("message").GetString()!)));
        }

        return new PikkuTestException(name, (int)response.StatusCode, message, problems);
    }
}
