using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Pikku.Akka.Testing;

/// <summary>An event stream of a scenario. Its messages are the data of its events; a named event is <c>{"event":name,"data":…}</c>.</summary>
internal sealed class TestEventStream : IScenarioInbox, IAsyncDisposable
{
    private readonly Channel<PikkuTestMessage> _events = Channel.CreateUnbounded<PikkuTestMessage>();
    private readonly CancellationTokenSource _closed = new();
    private readonly HttpClient _http;
    private readonly HttpResponseMessage _response;
    private readonly TimeSpan _patience;
    private readonly Task _reading;
    private string? _lastId;

    private TestEventStream(HttpClient http, HttpResponseMessage response, TimeSpan patience)
    {
        (_http, _response, _patience) = (http, response, patience);
        _reading = Task.Run(ReadAsync);
    }

    /// <summary>The id of the last event, with which another stream continues.</summary>
    public string? LastId => Volatile.Read(ref _lastId);

    /// <summary>Opens a stream.</summary>
    /// <returns>The status, and the stream if the status is 200.</returns>
    public static async Task<(int Status, TestEventStream? Stream)> OpenAsync(PikkuTestHost host, string path, IReadOnlyDictionary<string, string> headers)
    {
        var http = host.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if ((int)response.StatusCode == 200)
            return (200, new TestEventStream(http, response, host.Patience));
        response.Dispose();
        http.Dispose();
        return ((int)response.StatusCode, null);
    }

    public async Task<PikkuTestMessage> TakeAsync(string wanted)
    {
        using var patience = new CancellationTokenSource(_patience);
        try
        {
            return await _events.Reader.ReadAsync(patience.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            throw new PikkuExpectationException($"The event stream expected {wanted}\nbut {(e is ChannelClosedException ? "it has ended" : $"received nothing within {_patience}")}.", e);
        }
    }

    public ValueTask<PikkuTestMessage?> TryTakeAsync() => new(_events.Reader.TryRead(out var message) ? message : null);

    public PikkuExpectationException Failed(string wanted, PikkuTestMessage received) => new($"The event stream expected {wanted}\nbut received {received}");

    public async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync();
        _response.Dispose();
        await _reading;
        _http.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            await using var body = await _response.Content.ReadAsStreamAsync(_closed.Token);
            var parser = SseParser.Create(body);
            await foreach (var item in parser.EnumerateAsync(_closed.Token))
            {
                Volatile.Write(ref _lastId, parser.LastEventId);
                if (item.EventType != "message")
                    Add(new JsonObject { ["event"] = item.EventType, ["data"] = JsonNode.Parse(item.Data) }.ToJsonString());
                else if (item.Data.Length > 0)
                    Add(item.Data);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException or HttpRequestException)
        {
            // The stream was closed here, or cut.
        }
        finally
        {
            _events.Writer.TryComplete();
        }
    }

    private void Add(string text) => _events.Writer.TryWrite(new PikkuTestMessage(Encoding.UTF8.GetBytes(text), isBinary: false, JsonSerializerOptions.Web));
}
