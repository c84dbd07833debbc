using System.Text;
using Pikku.Akka.Protocol;
using Xunit;

namespace Pikku.Akka.Tests.Protocol;

public class CloseMessageTests
{
    [Theory, Trait("Rule", "I4")]
    [InlineData("")]
    [InlineData("slow")]
    [InlineData("schön")]
    public void A_close_message_carries_code_and_reason_for_any_transport(string reason)
    {
        var close = CloseMessage.Encode(CloseCode.TryAgainLater, reason);

        Assert.Equal(MessageKind.Close, close.Kind);
        Assert.Equal(CloseCode.TryAgainLater, CloseMessage.CodeOf(close));
        Assert.Equal(reason, Encoding.UTF8.GetString(CloseMessage.ReasonOf(close)));
    }

    [Fact]
    public void A_long_reason_is_whole_and_is_cut_only_by_a_transport_that_has_to() =>
        Assert.Equal(5000, CloseMessage.ReasonOf(CloseMessage.Encode(CloseCode.Normal, new string('a', 5000))).Length);

    [Fact]
    public void A_lone_surrogate_in_a_reason_is_replaced() =>
        Assert.Equal("a\uFFFDb", Encoding.UTF8.GetString(CloseMessage.ReasonOf(CloseMessage.Encode(CloseCode.Normal, "a\uD800b"))));
}
