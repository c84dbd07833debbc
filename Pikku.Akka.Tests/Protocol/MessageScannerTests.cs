using System.Text;
using Pikku.Akka.Protocol;
using Xunit;

namespace Pikku.Akka.Tests.Protocol;

public class MessageScannerTests
{
    [Theory, Trait("Rule", "B1")]
    [InlineData("""{"action":"echo"}""", Lab.Echo)]
    [InlineData("""{"x":{"action":"1"},"action":"echo"}""", Lab.Echo)]
    [InlineData(""" { "action" : "echo" , "x" : [1,{}] } """, Lab.Echo)]
    [InlineData("""{"command":"run"}""", Lab.Run)]
    [InlineData("""{"command":"run","action":"echo"}""", Lab.Echo)]
    [InlineData("""{"action":"nope","command":"run"}""", Lab.Run)]
    [InlineData("""{"action":"nope","command":"echo"}""", Lab.CommandEcho)]
    [InlineData("""{"action":["echo"],"command":"run"}""", Lab.Run)]
    [InlineData("""{"action":{"echo":1},"command":"run"}""", Lab.Run)]
    [InlineData("""{"action":true,"command":"run"}""", Lab.Run)]
    [InlineData("""{"action":null,"command":"run"}""", Lab.Run)]
    [InlineData("""{"action":1}""", Lab.Number)]
    [InlineData("""{"action":"1"}""", Lab.Number)]
    [InlineData("""{"action":1.50}""", Lab.Decimal)]
    public void The_first_key_whose_value_is_wired_wins(string message, int action) => AssertMatches(message, action);

    [Theory, Trait("Rule", "B1")]
    [InlineData("""{"\u0061ction":"echo"}""", Lab.Echo)]
    [InlineData("""{"action":"\u0065cho"}""", Lab.Echo)]
    [InlineData("""{"\u0061\u0063\u0074\u0069\u006f\u006e":"\u0065\u0063\u0068\u006f"}""", Lab.Echo)]
    [InlineData("""{"action":"\u00e9\"\/"}""", Lab.Accented)]
    [InlineData("""{"action":"é\u0022/"}""", Lab.Accented)]
    public void Escaped_names_and_values_match(string message, int action) => AssertMatches(message, action);

    [Theory, Trait("Rule", "B1")]
    [InlineData("""{"action":"nope","action":"echo"}""", Lab.Echo)]
    [InlineData("""{"action":[],"action":"echo"}""", Lab.Echo)]
    [InlineData("""{"action":"nope","\u0061ction":"echo"}""", Lab.Echo)]
    public void The_last_of_repeated_properties_counts(string message, int action) => AssertMatches(message, action);

    [Theory, Trait("Rule", "B5")]
    [InlineData("""{}""", null)]
    [InlineData("""{"x":1}""", null)]
    [InlineData("""{"action":"nope"}""", "\"nope\"")]
    [InlineData("""{"action":"Echo"}""", "\"Echo\"")]
    [InlineData("""{"Action":"echo"}""", null)]
    [InlineData("""{"action":"run"}""", "\"run\"")]
    [InlineData("""{"action":1.0}""", "1.0")]
    [InlineData("""{"action":1.5}""", "1.5")]
    [InlineData("""{"action":true}""", null)]
    [InlineData("""{"action":["echo"]}""", null)]
    [InlineData("""{"action":"echo","action":["echo"]}""", null)]
    [InlineData("""{"action":"echo","action":null}""", null)]
    [InlineData("""{"action":[],"command":7}""", "7")]
    [InlineData("""{"action":"a","command":"b"}""", "\"a\"")]
    [InlineData("""{"action":"\ud800echo"}""", "\"\\ud800echo\"")]
    [InlineData("""{"acti\ud800":"echo"}""", null)]
    [InlineData("""{"x":{"action":"echo"}}""", null)]
    [InlineData("""[]""", null)]
    [InlineData("""[{"action":"echo"}]""", null)]
    [InlineData("5", null)]
    [InlineData("-0.5e3", null)]
    [InlineData("null", null)]
    [InlineData("\"echo\"", null)]
    public void A_message_that_matches_no_action_is_not_found_and_keeps_its_first_routing_value(string message, string? value)
    {
        var scanned = Lab.Scan(message);

        Assert.Equal(ScanOutcome.NotFound, scanned.Outcome);
        Assert.Equal(-1, scanned.Action);
        Assert.Equal(value, Lab.Part(message, scanned.Value));
        Assert.Equal(value is null, scanned.Key < 0);
    }

    [Theory, Trait("Rule", "B6")]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("not json")]
    [InlineData("{")]
    [InlineData("""{"action":"echo" """)]
    [InlineData("""{"action":"echo"}}""")]
    [InlineData("""{"action":"echo"} x""")]
    [InlineData("""{"action":"echo"}{}""")]
    [InlineData("""{"action":"echo",}""")]
    [InlineData("""{"action":"echo","x":[1,}""")]
    [InlineData("""{"action":"echo","x":01}""")]
    [InlineData("""{"action":"echo","x":"\x"}""")]
    [InlineData("""{"action":"echo","x":"\u12"}""")]
    [InlineData("""{"action":"echo" /* no */}""")]
    [InlineData("""{'action':'echo'}""")]
    [InlineData("\uFEFF{\"action\":\"echo\"}")]
    [InlineData("[1,2")]
    [InlineData("5 5")]
    public void A_text_that_is_not_JSON_is_malformed_regardless_of_the_position(string message)
    {
        Assert.Equal(ScanOutcome.Malformed, Lab.Scan(message).Outcome);
        Assert.False(Lab.Scan(message).Enveloped);
        Assert.True(Lab.Scan(message, alwaysEnveloped: true).Enveloped);
    }

    [Theory, Trait("Rule", "B6")]
    [InlineData(64, 64, false)]
    [InlineData(64, 65, true)]
    [InlineData(128, 128, false)]
    [InlineData(128, 129, true)]
    [InlineData(2, 2, false)]
    [InlineData(2, 3, true)]
    [InlineData(int.MaxValue, 1000, false)]
    public void The_data_of_a_message_may_be_as_deep_as_the_options_allow(int maxDepth, int arrays, bool malformed)
    {
        var routes = new RoutingTable.Builder(maxDepth).Add("action", "echo", 0).Build();
        var message = $$"""{"action":"echo","data":{{new string('[', arrays)}}{{new string(']', arrays)}}}""";

        Assert.Equal(malformed, Lab.Scan(message, routes: routes).Outcome == ScanOutcome.Malformed);
    }

    [Theory, Trait("Rule", "B3")]
    [InlineData("""{"action":"echo","data":{"a":1}}""", """{"a":1}""", null)]
    [InlineData("""{"data":[1],"action":"echo"}""", "[1]", null)]
    [InlineData("""{"action":"echo","id":7,"data":null}""", "null", "7")]
    [InlineData("""{"id":"a\"b","action":"echo","data": "x" }""", "\"x\"", "\"a\\\"b\"")]
    [InlineData("""{"action":"echo","data":1,"data":2}""", "2", null)]
    [InlineData("""{"action":"echo","id":[],"id":1.0,"data":2}""", "2", "1.0")]
    [InlineData("""{"action":"echo","d\u0061ta":2}""", "2", null)]
    [InlineData("""{"action":"nope","id":3,"data":{}}""", "{}", "3")]
    [InlineData("""{"action":"nope","data":{}}""", "{}", null)]
    [InlineData("""{"command":"run","data":{}}""", "{}", null)]
    public void Data_beside_the_routing_key_and_nothing_else_but_an_id_is_an_envelope(string message, string data, string? id)
    {
        var scanned = Lab.Scan(message);

        Assert.True(scanned.Enveloped);
        Assert.Equal(data, Lab.Part(message, scanned.Data));
        Assert.Equal(id, Lab.Part(message, scanned.Id));
        Assert.Equal(id is not null, scanned.HasId);
    }

    [Theory, Trait("Rule", "B3")]
    [InlineData("""{"action":"echo"}""")]
    [InlineData("""{"action":"echo","id":1}""")]
    [InlineData("""{"action":"echo","data":1,"x":1}""")]
    [InlineData("""{"action":"echo","id":null,"data":1}""")]
    [InlineData("""{"action":"echo","id":{},"data":1}""")]
    [InlineData("""{"action":"dataIn","data":"abc"}""")]
    [InlineData("""{"action":"dataIn","id":1,"data":"abc"}""")]
    [InlineData("""{"action":"nope","command":"run","data":1}""")]
    [InlineData("""{"action":["echo"],"data":1}""")]
    [InlineData("""{"id":1,"data":1}""")]
    public void Anything_else_is_flat(string message)
    {
        var scanned = Lab.Scan(message);

        Assert.False(scanned.Enveloped);
        Assert.False(scanned.HasId);
        Assert.Null(Lab.Part(message, scanned.Data));
        Assert.Null(Lab.Part(message, scanned.Id));
    }

    [Theory, Trait("Rule", "B3")]
    [InlineData("""{"action":"echo"}""", null, null)]
    [InlineData("""{"action":"echo","x":1,"data":2,"id":3}""", "2", "3")]
    [InlineData("""{"action":"echo","data":2,"id":null}""", "2", null)]
    [InlineData("""{"action":"dataIn","data":2}""", "2", null)]
    [InlineData("""{"data":2,"id":3}""", "2", "3")]
    [InlineData("""[]""", null, null)]
    public void On_the_subprotocol_every_message_is_an_envelope(string message, string? data, string? id)
    {
        var scanned = Lab.Scan(message, alwaysEnveloped: true);

        Assert.True(scanned.Enveloped);
        Assert.Equal(data, Lab.Part(message, scanned.Data));
        Assert.Equal(id, Lab.Part(message, scanned.Id));
        Assert.Equal(id is not null, scanned.HasId);
    }

    [Theory, Trait("Rule", "L2")]
    [InlineData("""{"action":"pikku-rpc-response","id":"1","ok":true}""", true)]
    [InlineData("""{"action":"pikku-rpc-pending","id":"1"}""", true)]
    [InlineData("""{"action":"pikku-rpc-request","id":"1"}""", true)]
    [InlineData("""{"action":"pikku\u002drpc-response"}""", true)]
    [InlineData("""{"action":"echo"}""", false)]
    [InlineData("""{"command":"pikku-rpc-response"}""", false)]
    [InlineData("""{"x":{"action":"pikku-rpc-response"}}""", false)]
    public void Messages_of_calls_are_recognized_under_the_key_action(string message, bool isRpc)
    {
        var others = new RoutingTable.Builder().Add("kind", "a", 0).Build();

        Assert.Equal(isRpc, Lab.Scan(message).IsRpc);
        Assert.Equal(isRpc, Lab.Scan(message, routes: others).IsRpc);
        Assert.Equal(-1, Lab.Scan(message, routes: others).Key);
    }

    [Fact]
    public void A_channel_may_route_by_the_names_of_the_envelope()
    {
        var routes = new RoutingTable.Builder().Add("data", "a", 0).Add("id", "b", 1).Build();

        var byData = Lab.Scan("""{"data":"a","id":5}""", routes: routes);
        var byId = Lab.Scan("""{"id":"b","data":{}}""", routes: routes);

        Assert.Equal((0, false), (byData.Action, byData.Enveloped));
        Assert.Equal((1, true), (byId.Action, byId.Enveloped));
        Assert.False(byId.HasId);
    }

    [Fact]
    public void A_channel_may_have_many_routing_keys()
    {
        var builder = new RoutingTable.Builder();
        for (var i = 0; i < 20; i++)
            builder.Add($"key{i}", "v", i);
        var routes = builder.Build();

        Assert.Equal(19, Lab.Scan("""{"key19":"v"}""", routes: routes).Action);
        Assert.Equal(3, Lab.Scan("""{"key19":"v","key3":"v"}""", routes: routes).Action);
    }

    [Fact]
    public void A_value_longer_than_any_wired_one_is_not_found()
    {
        Assert.Equal(ScanOutcome.NotFound, Lab.Scan($$"""{"action":"{{new string('e', 100_000)}}"}""").Outcome);
        Assert.Equal(ScanOutcome.NotFound, Lab.Scan($$"""{"action":"{{string.Concat(Enumerable.Repeat(@"\u0065", 100_000))}}"}""").Outcome);
    }

    [Fact]
    public void Scanning_allocates_nothing()
    {
        var message = Encoding.UTF8.GetBytes("""{"\u0061ction":"echo","title":"x","tags":["a"],"nested":{"deep":[1,2,3]}}""");
        MessageScanner.Scan(message, Lab.Routes, false, out _);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            MessageScanner.Scan(message, Lab.Routes, false, out _);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void AssertMatches(string message, int action)
    {
        var scanned = Lab.Scan(message);

        Assert.Equal(ScanOutcome.Matched, scanned.Outcome);
        Assert.Equal(action, scanned.Action);
    }
}
