using System.Text;
using Pikku.Akka.Protocol;
using Xunit;

namespace Pikku.Akka.Tests.Protocol;

public class EventWriterTests
{
    private static readonly EventWriter s_writer = new(Lab.Json);

    [Theory, Trait("Rule", "C4")]
    [InlineData("todos:updated", false, """{"topic":"todos:updated","data":{"n":1}}""")]
    [InlineData("a\"b", false, """{"topic":"a\u0022b","data":{"n":1}}""")]
    [InlineData("todos:updated", true, """{"n":1}""")]
    public void An_event_is_wrapped_with_its_topic_unless_raw(string topic, bool raw, string expected)
    {
        var value = s_writer.Encode(topic, new { n = 1 }, Lab.Json.GetTypeInfo(new { n = 1 }.GetType()), raw);
        var encoded = s_writer.Encode(topic, """{"n":1}"""u8, raw);

        Assert.Equal(expected, OutboundFrame.Event(value.Frame, topic).Text());
        Assert.Equal(value.Frame, encoded.Frame);
        Assert.Equal("""{"n":1}""", Encoding.UTF8.GetString(value.Payload.Span));
        Assert.Equal("""{"n":1}""", Encoding.UTF8.GetString(encoded.Payload.Span));
    }

    [Fact, Trait("Rule", "C4")]
    public void A_binary_event_has_no_envelope()
    {
        var binary = EventWriter.Encode([4, 5, 6]);

        Assert.Equal([4, 5, 6], OutboundFrame.Event(binary.Frame, "t").Bytes());
        Assert.Equal([4, 5, 6], binary.Payload.ToArray());
    }

    [Fact]
    public void A_shared_frame_never_goes_to_the_pool()
    {
        var frame = OutboundFrame.Event(EventWriter.Encode([1]).Frame, "t");

        Assert.Equal((false, true, "t"), (frame.Pooled, frame.IsEvent, frame.Topic));
        frame.Return();
        Assert.Equal([1], frame.Bytes());
    }
}
