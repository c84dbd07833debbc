using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Pikku.Akka.Tests.EventStreams;

namespace Pikku.Akka.Tests.Conformance;

/// <summary>One event stream of a scenario. Its frames are the data of the events; a named event is <c>{"event":name,"data":…}</c>.</summary>
internal sealed class ScenarioStream : ScenarioPeer
{
    private readonly EventStreamClient _stream;
    private readonly Task _ended;

    public ScenarioStream(EventStreamClient stream)
    {
        _stream = stream;
        _ended = ReceiveAsync();
    }

    /// <summary>The id of the last event, with which another stream continues.</summary>
    public string? LastId => _stream.LastId;

    public override async Task CloseAsync(WebSocketCloseStatus? code)
    {
        await DisposeAsync();
        AssertNothingLeft();
    }

    public override async ValueTask DisposeAsync()
    {
        _stream.Dispose();
        await _ended;
    }

    protected override Task<string> DescribeEndAsync() => Task.FromResult("The stream has ended.");

    private async Task ReceiveAsync()
    {
        try
        {
            while (await _stream.ReadAsync(Timeout.InfiniteTimeSpan) is var (name, data))
                Receive(new ReceivedFrame(Encoding.UTF8.GetBytes(name == "message" ? data : NamedEvent(name, data)), IsBinary: false));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException or HttpRequestException)
        {
            // The stream was closed here.
        }
        finally
        {
            EndInbox();
        }
    }

    private static string NamedEvent(string name, string data) => new JsonObject { ["event"] = name, ["data"] = JsonNode.Parse(data) }.ToJsonString();
}
