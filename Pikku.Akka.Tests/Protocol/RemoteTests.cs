using System.Text;
using Pikku.Akka.Protocol;
using Xunit;

namespace Pikku.Akka.Tests.Protocol;

public class RemoteTests
{
    [Fact, Trait("Rule", "L1")]
    public void A_call_has_its_id_as_a_string_and_its_data_unless_null()
    {
        var writer = new RemoteWriter(Lab.Json);
        int[] data = [1, 2];
        var info = Lab.Json.GetTypeInfo(typeof(int[]));

        Assert.Equal("""{"action":"pikku-rpc-request","id":"1","funcName":"f","data":[1,2]}""", writer.Request(1, "f", data, info).Text());
        Assert.Equal(
            """{"action":"pikku-rpc-request","id":"9223372036854775807","funcName":"a\u0022b"}""",
            writer.Request(long.MaxValue, "a\"b", null, info).Text());
    }

    [Theory, Trait("Rule", "L1")]
    [InlineData("""{"action":"pikku-rpc-response","id":"1","ok":true,"result":{"x":1}}""", 1, """{"x":1}""")]
    [InlineData("""{"result":[ 1 ],"ok":true,"id":"12","action":"pikku-rpc-response"}""", 12, "[ 1 ]")]
    [InlineData("""{"action":"pikku-rpc-response","id":3,"ok":true,"result":null}""", 3, "null")]
    [InlineData("""{"action":"pikku-rpc-response","id":"1","ok":true}""", 1, null)]
    public void A_result_is_found(string message, long id, string? result)
    {
        Assert.True(Read(message, out var answer));

        Assert.Equal((id, true, false), (answer.Id, answer.Ok, answer.IsPending));
        Assert.Equal(result, answer.Result.IsNone ? null : Lab.Part(message, answer.Result));
    }

    [Theory, Trait("Rule", "L1")]
    [InlineData("""{"id":"1","ok":false,"error":{"name":"E\u0031","message":"\ud800 \"m\""}}""", "E1", "\uFFFD \"m\"")]
    [InlineData("""{"id":"1","ok":false,"error":{"message":"m","more":[{"name":"x"}]}}""", "", "m")]
    [InlineData("""{"id":"1","ok":false,"error":{"name":1,"message":null}}""", "", "")]
    [InlineData("""{"id":"1","ok":false,"error":"m"}""", "", "")]
    [InlineData("""{"id":"1","ok":false,"result":1}""", "", "")]
    public void An_error_is_found_as_far_as_it_is_one(string message, string name, string text)
    {
        Assert.True(Read(message, out var answer));

        Assert.False(answer.Ok);
        Assert.True(answer.Result.IsNone);
        Assert.Equal((name, text), (answer.ErrorName, answer.ErrorMessage));
    }

    [Fact, Trait("Rule", "L1")]
    public void A_pending_needs_nothing_but_the_id()
    {
        Assert.True(Read("""{"action":"pikku-rpc-pending","id":"5","reason":"asking"}""", out var answer, ReservedAction.RemotePending));

        Assert.Equal((5, true), (answer.Id, answer.IsPending));
    }

    [Theory, Trait("Rule", "L2")]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("5")]
    [InlineData("[1,2]")]
    [InlineData("{}")]
    [InlineData("""{"ok":true}""")]
    [InlineData("""{"id":"1"}""")]
    [InlineData("""{"id":"1","ok":1}""")]
    [InlineData("""{"id":"one","ok":true}""")]
    [InlineData("""{"id":"1x","ok":true}""")]
    [InlineData("""{"id":"","ok":true}""")]
    [InlineData("""{"id":1.5,"ok":true}""")]
    [InlineData("""{"id":"99999999999999999999","ok":true}""")]
    [InlineData("""{"id":["1"],"ok":true}""")]
    public void Garbage_is_no_answer(string message) => Assert.False(Read(message, out _));

    private static bool Read(string message, out RemoteAnswer answer, ReservedAction kind = ReservedAction.RemoteResponse) =>
        RemoteAnswer.TryRead(Encoding.UTF8.GetBytes(message), kind, out answer);
}
