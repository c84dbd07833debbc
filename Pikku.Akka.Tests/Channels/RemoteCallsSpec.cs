using System.Text;
using System.Text.Json;
using Pikku.Akka.Channels;
using Pikku.Akka.Settings;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Channels;

public sealed class RemoteCallsSpec
{
    private static readonly RemoteSettings Settings = new() { Timeout = TimeSpan.FromSeconds(30), MaxOpen = 2 };

    private readonly ManualTime _clock = new();
    private readonly List<bool> _awaiting = [];
    private readonly List<string> _sent = [];
    private readonly RemoteCalls _calls;

    public RemoteCallsSpec() => _calls = new RemoteCalls(Settings, _clock, _awaiting.Add);

    [Fact, Trait("Rule", "L1")]
    public async Task Returns_the_answer_of_the_client()
    {
        var call = Call();

        Take("""{"action":"pikku-rpc-response","id":"1","ok":true,"result":{"n":1}}""");

        Assert.Equal("""{"n":1}""", (await call.Soon())?.GetRawText());
    }

    [Fact, Trait("Rule", "L1")]
    public async Task Returns_null_when_the_client_answers_without_a_result()
    {
        var call = Call();

        Take("""{"action":"pikku-rpc-response","id":1,"ok":true}""");

        Assert.Null(await call.Soon());
    }

    [Fact, Trait("Rule", "L1")]
    public async Task Distinguishes_calls_by_their_ids()
    {
        var (first, second) = (Call(), Call());
        Assert.Equal(["1", "2"], _sent);

        Take("""{"action":"pikku-rpc-response","id":"2","ok":true,"result":2}""");
        Take("""{"action":"pikku-rpc-response","id":"1","ok":true,"result":1}""");

        Assert.Equal(1, (await first.Soon())?.GetInt32());
        Assert.Equal(2, (await second.Soon())?.GetInt32());
    }

    [Theory, Trait("Rule", "L2")]
    [InlineData("""{"action":"pikku-rpc-response","id":"1","ok":false,"error":{"name":"Denied","message":"no"}}""", "Denied", "no")]
    [InlineData("""{"action":"pikku-rpc-response","id":"1","ok":false}""", "ChannelRpcError", "The client answered with an error.")]
    [InlineData("""{"action":"pikku-rpc-response","id":"1","ok":false,"error":"no"}""", "ChannelRpcError", "The client answered with an error.")]
    [InlineData("""{"action":"pikku-rpc-response","id":"1"}""", "ChannelRpcError", "The client answered with an error.")]
    public async Task Fails_when_the_client_answers_with_an_error(string answer, string name, string message)
    {
        var call = Call();

        Take(answer);

        var failed = await FailureAsync(call);
        Assert.Equal((ClientCallErrorReason.Remote, name, message), (failed.Reason, failed.ErrorName, failed.Message));
    }

    [Fact, Trait("Rule", "L2")]
    public async Task Fails_when_no_answer_arrives_in_time()
    {
        var call = Call();

        _clock.Advance(Settings.Timeout - TimeSpan.FromTicks(1));
        Assert.False(call.IsCompleted);
        _clock.Advance(TimeSpan.FromTicks(1));

        Assert.Equal(ClientCallErrorReason.Timeout, (await FailureAsync(call)).Reason);
    }

    [Fact, Trait("Rule", "L1")]
    public async Task Waits_without_a_timeout_after_the_client_reports_progress()
    {
        var call = Call();

        Take("""{"action":"pikku-rpc-pending","id":"1","reason":"asking"}""");
        _clock.Advance(TimeSpan.FromDays(1));
        Take("""{"action":"pikku-rpc-response","id":"1","ok":true,"result":1}""");

        Assert.Equal(1, (await call.Soon())?.GetInt32());
    }

    [Fact, Trait("Rule", "L2")]
    public async Task Fails_open_calls_and_later_calls_when_the_connection_ends()
    {
        var (asked, pending) = (Call(), Call());
        Take("""{"action":"pikku-rpc-pending","id":"2"}""");

        _calls.Close();

        foreach (var call in (Task<JsonElement?>[])[asked, pending, Call()])
            Assert.Equal(ClientCallErrorReason.Closed, (await FailureAsync(call)).Reason);
        Assert.Equal(2, _sent.Count);
    }

    [Fact]
    public async Task Refuses_more_calls_than_may_be_open()
    {
        var first = Call();
        _ = Call();

        Assert.Equal(ClientCallErrorReason.Invalid, (await FailureAsync(Call())).Reason);

        Take("""{"action":"pikku-rpc-response","id":"1","ok":true}""");
        await first.Soon();
        Assert.False(Call().IsCompleted);
    }

    [Fact]
    public async Task Ends_the_wait_when_the_caller_cancels()
    {
        using var source = new CancellationTokenSource();
        var call = Call(source.Token);

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Soon());
        Assert.False(_calls.HasOpen);
    }

    [Fact]
    public async Task Removes_a_call_that_could_not_be_sent()
    {
        var call = _calls.CallAsync(_ => throw new NotSupportedException(), "f", null, default).AsTask();

        await Assert.ThrowsAsync<NotSupportedException>(() => call.Soon());
        Assert.False(_calls.HasOpen);
    }

    [Theory, Trait("Rule", "L2")]
    [InlineData("""{"action":"pikku-rpc-response","id":"9","ok":true}""")]
    [InlineData("""{"action":"pikku-rpc-pending","id":"9"}""")]
    public void Consumes_and_drops_an_answer_without_an_open_call(string answer)
    {
        var call = Call();

        Take(answer);

        Assert.False(call.IsCompleted);
    }

    [Fact, Trait("Rule", "L2")]
    public async Task Drops_a_second_answer()
    {
        var call = Call();
        Take("""{"action":"pikku-rpc-response","id":"1","ok":true,"result":1}""");
        Take("""{"action":"pikku-rpc-response","id":"1","ok":true,"result":2}""");

        Assert.Equal(1, (await call.Soon())?.GetInt32());
    }

    [Theory]
    [InlineData("""{"action":"create","data":1}""")]
    [InlineData("""{"action":"create","title":"pikku-rpc-response"}""")]
    [InlineData("""{"action":"pikku-rpc-request","id":"1","funcName":"f"}""")]
    [InlineData("""{"action":"pikku-rpc-response"}""")]
    [InlineData("""{"action":"pikku-rpc-response","id":{}}""")]
    [InlineData("""{"action":"pikku-rpc-response","id":"1","ok":""")]
    [InlineData("""{"action":"pikku-rpc-response","id":"1"} x""")]
    [InlineData("""["pikku-rpc-response"]""")]
    [InlineData("\"pikku-rpc-response\"")]
    public void Leaves_all_other_messages_to_the_router(string message)
    {
        var call = Call();

        Assert.False(RemoteAnswers.TryTake(Encoding.UTF8.GetBytes(message), _calls, JsonSerializerOptions.Web, out _));
        Assert.False(call.IsCompleted);
    }

    [Fact]
    public async Task Reports_when_the_first_call_opens_and_when_the_last_one_ends()
    {
        var (first, second) = (Call(), Call());
        Assert.True(_calls.HasOpen);
        Assert.Equal([true], _awaiting);

        Take("""{"action":"pikku-rpc-response","id":"1","ok":true}""");
        await first.Soon();
        Assert.Equal([true], _awaiting);
        Take("""{"action":"pikku-rpc-response","id":"2","ok":true}""");
        await second.Soon();

        Assert.Equal([true, false], _awaiting);
        Assert.False(_calls.HasOpen);
    }

    private Task<JsonElement?> Call(CancellationToken cancellation = default) => _calls.CallAsync(_sent.Add, "f", null, cancellation).AsTask();

    private void Take(string answer) =>
        Assert.True(RemoteAnswers.TryTake(Encoding.UTF8.GetBytes(answer), _calls, JsonSerializerOptions.Web, out _));

    private static Task<ClientCallException> FailureAsync(Task call) => Assert.ThrowsAsync<ClientCallException>(() => call.Soon());
}
