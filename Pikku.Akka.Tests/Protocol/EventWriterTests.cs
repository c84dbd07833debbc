using Pikku.Akka.Protocol;
using Xunit;

namespace Pikku.Akka.Tests.Protocol;

public class EventWriterTests
{
    [Theory, Trait("Rule", "C4")]
    [InlineData("todos:updated", """{"topic":"todos:updated","data":{"n":1}}""")]
    [InlineData("a\"b", """{"topic":"a\u0022b","data":{"n":1}}""")]
    public void An_event_is_wrapped_with_its_topic_and_its_payload_is_a_part_of_it(string topic, string expected)
    {
        using var value = PayloadWriter.Rent();

        var payload = EventWriter.WriteValue(value, topic, new Counted(1), Lab.Json.GetTypeInfo(typeof(Counted)));

        Assert.Equal("""{"n":1}""", Lab.Part(expected, payload));
        Assert.Equal(expected, value.ToSharedMessage(MessageKind.Text).Text());
    }

    private sealed record Counted(int N);
}
