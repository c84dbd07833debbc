using System.Text;
using Pikku.Akka.Protocol;
using Xunit;

namespace Pikku.Akka.Tests.Protocol;

public class RemoteTests
{
    [Fact, Trait("Rule", "L1")]
    public void A_call_has_its_id_as_a_string_and_its_data_unless_null()
    {
        int[] data = [1, 2];

        Assert.Equal("""{"action":"pikku-rpc-request","id":"1","funcName":"f","data":[1,2]}""", Request("1", "f", data));
        Assert.Equal("""{"action":"pikku-rpc-request","id":"12","funcName":"a\u0022b"}""", Request<int[]>("12", "a\"b", null));
    }

    [Theory, Trait("Rule", "L1")]
    [InlineData("""{"action":"pikku-rpc-response","id":"1","ok":true,"result":{"x":1}}""", "1", """{"x":1}""")]
    [InlineData("""{"result":[ 1 ],"ok":true,"id":"1\u0032","action":"pikku\u002drpc-response"}""", "12", "[ 1 ]")]
    [InlineData("""{"action":"pikku-rpc-response","id":3,"ok":true,"result":null}""", "3", "null")]
    [InlineData("""{"action":"pikku-rpc-response","id":"1","ok":true}""", "1", null)]
    [InlineData("""{"action":"x","id":"9","ok":false,"ok":true,"id":"1","action":"pikku-rpc-response"}""", "1", null)]
    public void A_result_is_found(string message, string id, string? result)
    {
        Assert.True(Read(message, out var answer));

        Assert.Equal((id, true, false), (answer.Id, answer.Ok, answer.IsPending));
        Assert.Equal(result, Lab.Part(message, answer.Result));
        Assert.Equal(result is not null, answer.HasResult);
    }

    [Theory, Trait("Rule", "L1")]
    [InlineData(""" "ok":false,"error":{"name":"E\u0031","message":"\ud800 \"m\""} """, "E1", "\uFFFD \"m\"")]
    [InlineData(""" "ok":false,"error":{"message":"m","more":[{"name":"x"}]} """, null, "m")]
    [InlineData(""" "ok":false,"error":{"name":1,"message":null} """, "1", null)]
    [InlineData(""" "ok":false,"error":"m" """, null, null)]
    [InlineData(""" "ok":false,"result":1 """, null, null)]
    [InlineData(""" "ok":1,"result":1 """, null, null)]
    [InlineData(""" "result":1 """, null, null)]
    public void An_error_is_read_as_far_as_it_is_valid(string rest, string? name, string? text)
    {
        Assert.True(Read($$"""{"action":"pikku-rpc-response","id":"1",{{rest}}}""", out var answer));

        Assert.Equal((false, false), (answer.Ok, answer.HasResult));
        Assert.Equal((name, text), (answer.ErrorName, answer.ErrorMessage));
    }

    [Fact, Trait("Rule", "L1")]
    public void A_pending_message_needs_only_the_id()
    {
        Assert.True(Read("""{"action":"pikku-rpc-pending","id":"5","reason":"asking"}""", out var answer));

        Assert.Equal(("5", true), (answer.Id, answer.IsPending));
    }

    [Theory, Trait("Rule", "L2")]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("5")]
    [InlineData("[1,2]")]
    [InlineData("{}")]
    [InlineData("""{"id":"1","ok":true}""")]
    [InlineData("""{"action":"echo","id":"1","ok":true}""")]
    [InlineData("""{"action":"pikku-rpc-request","id":"1"}""")]
    [InlineData("""{"action":["pikku-rpc-response"],"id":"1","ok":true}""")]
    [InlineData("""{"action":"pikku-rpc-response","ok":true}""")]
    [InlineData("""{"action":"pikku-rpc-response","id":["1"],"ok":true}""")]
    [InlineData("""{"action":"pikku-rpc-response","id":"1","ok":true""")]
    [InlineData("""{"action":"pikku-rpc-response","id":"1","ok":true} x""")]
    public void Any_other_message_is_not_an_answer(string message) => Assert.False(Read(message, out _));

    private static bool Read(string message, out RemoteAnswer answer) => RemoteAnswer.TryRead(Encoding.UTF8.GetBytes(message), out answer);

    private static string Request<T>(string id, string function, T? data)
    {
        using var writer = PayloadWriter.Rent();
        RemoteProtocol.WriteRequest(writer, id, function, data, Lab.Json);
        return writer.ToMessage(MessageKind.Text).Text();
    }
}
