using System.Net;
using System.Text;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.EventStreams;

/// <summary>A client that reads an event stream as browsers do (WHATWG HTML, "Interpreting an event stream"), and shows also what browsers hide.</summary>
internal sealed class EventStreamClient : IDisposable
{
    private static readonly HttpClient s_http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 10_000 }) { Timeout = Timeout.InfiniteTimeSpan };

    private readonly HttpResponseMessage _response;
    private readonly StreamReader _reader;

    private EventStreamClient(HttpResponseMessage response, Stream body)
    {
        _response = response;
        _reader = new StreamReader(body, new UTF8Encoding(false, throwOnInvalidBytes: true));
    }

    /// <summary>The last time to come back that the stream has set, in milliseconds; null for none.</summary>
    public int? Retry { get; private set; }

    /// <summary>The number of comments that have been read.</summary>
    public int Comments { get; private set; }

    /// <summary>The last id that the stream has set; null for none.</summary>
    public string? LastId { get; private set; }

    public HttpResponseMessage Response => _response;

    /// <summary>Opens a stream. Fails when the server refuses it.</summary>
    public static async Task<EventStreamClient> OpenAsync(Uri address, Version? version = null, params (string Name, string Value)[] headers)
    {
        var response = await SendAsync(address, HttpMethod.Get, version, [("Accept", "text/event-stream"), .. headers]);
        if (response.StatusCode != HttpStatusCode.OK)
            Assert.Fail($"{(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        return new EventStreamClient(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>Sends a request, and returns when the headers of the response have arrived.</summary>
    public static Task<HttpResponseMessage> SendAsync(Uri address, HttpMethod method, Version? version = null, params (string Name, string Value)[] headers) =>
        SendAsync(address, method, version, null, headers);

    /// <inheritdoc cref="SendAsync(Uri, HttpMethod, Version?, ValueTuple{string, string}[])"/>
    public static Task<HttpResponseMessage> SendAsync(
        Uri address, HttpMethod method, Version? version, HttpContent? body, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, address)
        {
            Version = version ?? HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = body,
        };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return s_http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(Eventually.Patience);
    }

    /// <summary>Reads the next event, as its name (<c>message</c> by default) and its data; null at the end of the stream.</summary>
    /// <param name="patience">How long a line may take; by default as long as a passing test never waits.</param>
    public async Task<(string Name, string Data)?> ReadAsync(TimeSpan? patience = null)
    {
        var name = "message";
        List<string>? data = null;
        while (await _reader.ReadLineAsync().WaitAsync(patience ?? Eventually.Patience) is { } line)
        {
            if (line.Length == 0)
            {
                if (data is not null)
                    return (name, string.Join('\n', data));
                name = "message";
                continue;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var (field, value) = colon < 0 ? (line, "") : (line[..colon], line[(colon + 1)..]);
            value = value.StartsWith(' ') ? value[1..] : value;
            switch (field)
            {
                case "":
                    Comments++;
                    break;
                case "id":
                    LastId = value;
                    break;
                case "event":
                    name = value;
                    break;
                case "data":
                    (data ??= []).Add(value);
                    break;
                case "retry":
                    Retry = int.Parse(value, System.Globalization.CultureInfo.InvariantCulture);
                    break;
                default:
                    Assert.Fail($"Unexpected: {line}");
                    break;
            }
        }

        return null;
    }

    /// <summary>Reads the data of the next event, which must have no name.</summary>
    public async Task<string> NextAsync()
    {
        var (name, data) = await ReadAsync() ?? throw new InvalidOperationException("The stream has ended.");
        Assert.Equal("message", name);
        return data;
    }

    public void Dispose()
    {
        _reader.Dispose();
        _response.Dispose();
    }
}
