using System.Text;
using System.Text.Json;

using Pikku.Akka.EventHub;
using Pikku.Akka.Protocol;

using Xunit;

namespace Pikku.Akka.Tests.EventHub;

[Trait("Rule", "C4")]
public sealed class EventEncoderSpec
{
    private const int MaxSize = 200_000;

    [Theory]
    [InlineData(0)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    public void Bytes_of_any_length_are_a_binary_message_with_room_for_the_framing_of_a_transport(int length)
    {
        var message = Encode(new byte[length]).Message;

        Assert.Equal((MessageKind.Binary, length), (message.Kind, message.Length));
        Assert.True(message.HasHeadroom);
        Assert.Equal(EncodedMessage.HeadroomSize, message.Offset);
        Assert.False(message.Pooled);
    }

    [Fact]
    public void The_payload_is_the_part_of_the_message_that_holds_the_data()
    {
        var hubEvent = Encode(new { Title = "ä\"b" }, "x\"y");

        Assert.Equal(MessageKind.Text, hubEvent.Message.Kind);
        using var message = JsonDocument.Parse(hubEvent.Message.Memory);
        Assert.Equal("x\"y", message.RootElement.GetProperty("topic").GetString());
        Assert.Equal(message.RootElement.GetProperty("data").GetRawText(), Encoding.UTF8.GetString(hubEvent.Payload.Span));
        Assert.True(hubEvent.Message.Span.Overlaps(hubEvent.Payload.Span));
    }

    [Fact]
    public void Null_is_data_too() => Assert.Equal("""{"topic":"t","data":null}""", RecordingSubscriber.Text(Encode<string?>(null)));

    [Fact]
    public void Null_bytes_are_null_and_not_a_binary_event() =>
        Assert.Equal("""{"topic":"t","data":null}""", RecordingSubscriber.Text(Encode<byte[]?>(null)));

    [Fact]
    public void Memory_goes_out_as_bytes() => Assert.Equal([1, 2], Encode(new Memory<byte>([1, 2])).Message.Span.ToArray());

    [Fact]
    public void A_raw_string_goes_out_as_its_text_and_is_still_json_for_a_handler()
    {
        var hubEvent = EventEncoder.Encode("t", "say \"ä\"", new PublishOptions { PayloadOnly = true }, JsonSerializerOptions.Web, MaxSize);

        Assert.Equal("say \"ä\"", RecordingSubscriber.Text(hubEvent));
        Assert.Equal("say \"ä\"", hubEvent.As<string>(JsonSerializerOptions.Web));
    }

    [Fact, Trait("Rule", "K6")]
    public void A_refused_event_does_not_spoil_the_next()
    {
        Assert.Throws<EventHubException>(() => Encode(new Func<int>(() => 1)));
        Assert.Throws<EventHubException>(() => Encode(new string('x', MaxSize)));

        Assert.Equal("""{"topic":"t","data":1}""", RecordingSubscriber.Text(Encode(1)));
    }

    [Fact]
    public void An_event_published_while_another_is_encoded_spoils_neither()
    {
        var nested = new Nesting();

        Assert.Equal("""{"topic":"t","data":{"value":1}}""", RecordingSubscriber.Text(Encode(nested)));
        Assert.Equal("""{"topic":"inner","data":2}""", nested.Inner);
    }

    [Fact]
    public void A_binary_event_read_as_something_else_is_an_error_and_no_garbage() =>
        Assert.Throws<JsonException>(() => Encode(new byte[] { 1 }).As<int>(JsonSerializerOptions.Web));

    [Fact]
    public void Bytes_that_a_handler_gets_are_its_own()
    {
        var hubEvent = Encode(new byte[] { 1 });
        hubEvent.As<byte[]>(JsonSerializerOptions.Web)![0] = 9;

        Assert.Equal(1, hubEvent.Payload.Span[0]);
    }

    private static HubEvent Encode<T>(T data, string topic = "t") => EventEncoder.Encode(topic, data, default, JsonSerializerOptions.Web, MaxSize);

    private sealed class Nesting
    {
        internal string? Inner { get; private set; }

        public int Value
        {
            get
            {
                Inner = RecordingSubscriber.Text(Encode(2, "inner"));
                return 1;
            }
        }
    }
}
