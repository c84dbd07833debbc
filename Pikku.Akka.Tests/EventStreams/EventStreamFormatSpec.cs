using System.Buffers;
using System.Text;
using Pikku.Akka.EventStreams;
using Pikku.Akka.Protocol;
using Xunit;

namespace Pikku.Akka.Tests.EventStreams;

public sealed class EventStreamFormatSpec
{
    [Theory]
    [InlineData("{\"n\":1}", "data: {\"n\":1}\n\n")]
    [InlineData("", "data: \n\n")]
    [InlineData(" spaced", "data:  spaced\n\n")]
    [InlineData("a\nb", "data: a\ndata: b\n\n")]
    [InlineData("a\r\nb\rc\n\nd\n", "data: a\ndata: b\ndata: c\ndata: \ndata: d\ndata: \n\n")]
    [InlineData("id: 7\nevent: forged", "data: id: 7\ndata: event: forged\n\n")]
    [InlineData("grün 🙂", "data: grün 🙂\n\n")]
    public void Each_line_of_a_text_is_a_line_of_data(string text, string expected)
    {
        Assert.Equal(expected, Written(text, cut: text.Length));
        // The same in parts of one, two and three bytes, which cut characters and line ends.
        for (var cut = 1; cut <= 3; cut++)
            Assert.Equal(expected, Written(text, cut));
    }

    [Fact]
    public void A_binary_message_is_a_named_event_in_Base64()
    {
        var output = new ArrayBufferWriter<byte>();
        var bytes = new byte[10_000];
        new Random(1).NextBytes(bytes);

        EventStreamFormat.WriteBinary(output, bytes);

        Assert.Equal($"event: pikku-binary\ndata: {Convert.ToBase64String(bytes)}\n\n", Text(output));
    }

    [Theory]
    [InlineData("the node is going away; retry-after-ms=1234", "retry: 1234\n")]
    [InlineData("retry-after-ms=x", "")]
    [InlineData("retry-after-ms=5 or so", "")]
    [InlineData("idle", "")]
    public void A_close_is_an_event_with_the_code_and_the_reason_and_sets_the_time_to_come_back(string reason, string retry)
    {
        var output = new ArrayBufferWriter<byte>();

        EventStreamFormat.WriteClose(output, CloseMessage.Encode(CloseCode.GoingAway, reason));

        Assert.Equal($"{retry}event: pikku-close\ndata: {{\"code\":1001,\"reason\":\"{reason}\"}}\n\n", Text(output));
    }

    [Fact]
    public void The_reason_of_a_close_cannot_end_its_line()
    {
        var output = new ArrayBufferWriter<byte>();

        EventStreamFormat.WriteClose(output, CloseMessage.Encode(CloseCode.Normal, "a\n\ndata: \"forged\""));

        Assert.Equal("event: pikku-close\ndata: {\"code\":1000,\"reason\":\"a\\n\\ndata: \\u0022forged\\u0022\"}\n\n", Text(output));
    }

    [Theory, Trait("Rule", "P10")]
    [InlineData(null, "")]
    [InlineData("""["1"]""", ""","keys":["1"]""")]
    public void The_state_of_a_presence_topic_has_the_keys_of_its_entries(string? keys, string expected)
    {
        var output = new ArrayBufferWriter<byte>();

        EventStreamFormat.WriteSnapshot(output, "viewers", "[\"ann\"]"u8, keys is null ? null : Encoding.UTF8.GetBytes(keys));

        Assert.Equal($"event: pikku-snapshot\ndata: {{\"subscribed\":\"viewers\",\"snapshot\":[\"ann\"]{expected}}}\n\n", Text(output));
    }

    private static string Written(string text, int cut)
    {
        var output = new ArrayBufferWriter<byte>();
        var afterReturn = false;
        EventStreamFormat.BeginText(output);
        foreach (var part in Encoding.UTF8.GetBytes(text).Chunk(Math.Max(1, cut)))
            EventStreamFormat.WriteText(output, part, ref afterReturn);
        EventStreamFormat.EndText(output);
        return Text(output);
    }

    private static string Text(ArrayBufferWriter<byte> output) => Encoding.UTF8.GetString(output.WrittenSpan);
}
