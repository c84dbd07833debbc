using Xunit;

namespace Pikku.Akka.Tests.Protocol;

public class FlatDataTests
{
    [Theory, Trait("Rule", "B2")]
    [InlineData("""{"action":"echo"}""", "{}")]
    [InlineData(""" { "action" : "echo" } """, "{}")]
    [InlineData("""{"action":"echo","x":1}""", """{"x":1}""")]
    [InlineData("""{"x":1,"action":"echo"}""", """{"x":1}""")]
    [InlineData("""{"x":1,"action":"echo","y":2}""", """{"x":1,"y":2}""")]
    [InlineData("{\t\"x\" : 1 ,\r\n \"action\" : \"echo\"\n}", """{"x":1}""")]
    [InlineData("{ \"action\" : \"echo\" ,\n\"x\":1 }", """{"x":1}""")]
    [InlineData("""{"x":1,"\u0061ction":"\u0065cho","y":2}""", """{"x":1,"y":2}""")]
    [InlineData("""{"action":1,"x":1}""", """{"x":1}""")]
    [InlineData("""{"action":"echo","nested":{"action":"keep"}}""", """{"nested":{"action":"keep"}}""")]
    [InlineData("""{"action":"echo","command":"run"}""", """{"command":"run"}""")]
    [InlineData("""{"action":"nope","command":"run","x":1}""", """{"action":"nope","x":1}""")]
    [InlineData("""{"action":"nope","x":"},{","action":"echo"}""", """{"x":"},{"}""")]
    [InlineData("""{"action":[1,{"action":2}],"\u0061ction":"nope","action":"echo"}""", "{}")]
    [InlineData(""" {"x":1, "action":1 , "y":[1, 2] ,"action":"echo" }""", """{"x":1,"y":[1,2]}""")]
    public void Data_is_everything_except_the_matched_key(string message, string data) => Lab.AssertJson(data, Lab.Without(message));

    [Fact, Trait("Rule", "B2")]
    public void All_other_bytes_are_unchanged() =>
        Assert.Equal("""{ "n":1.00, "s":"\u00e9\/"}""", Lab.Without("""{"action":"echo", "n":1.00, "s":"\u00e9\/"}"""));

    [Fact]
    public void A_message_without_a_routing_key_is_its_own_data() => Assert.Equal("[1, 2]", Lab.Without("[1, 2]"));
}
