using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Pikku.Akka.Protocol;
using Xunit;

namespace Pikku.Akka.Tests.Protocol;

public class PayloadWriterTests
{
    [Fact]
    public void A_converter_that_sends_while_it_is_called_does_not_disturb_the_message()
    {
        var converter = new SendingConverter { Send = () => Lab.Message(new string('x', 5000), typeof(string)) };
        var options = new JsonSerializerOptions(Lab.Json) { Converters = { converter } };

        Assert.Equal("""{"a":1,"inner":"said","b":2}""", Lab.Message(new Outer(1, new Talkative(), 2), typeof(Outer), options));
        Assert.Equal(new string('x', 5000), converter.Sent);
    }

    [Fact]
    public void A_value_that_fails_during_serialization_leaves_nothing_in_the_next_message()
    {
        var converter = new SendingConverter { Send = () => throw new InvalidOperationException("half way") };
        var options = new JsonSerializerOptions(Lab.Json) { Converters = { converter } };

        Assert.Throws<InvalidOperationException>(() => Lab.Message(new Outer(1, new Talkative(), 2), typeof(Outer), options));

        Assert.Equal("7", Lab.Message(7, typeof(int), options));
    }

    [Fact]
    public void Messages_are_written_with_the_options_of_the_application_except_indentation()
    {
        var options = new JsonSerializerOptions(Lab.Json)
        {
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            WriteIndented = true,
        };

        Assert.Equal("""{"text":"é<"}""", Lab.Message(new Said("é<"), typeof(Said), options));
        Assert.Equal("""{"text":"\u00E9\u003C"}""", Lab.Message(new Said("é<"), typeof(Said)));
    }

    [Fact]
    public void A_usual_reply_allocates_nothing_when_its_message_is_returned()
    {
        var type = Lab.Json.GetTypeInfo(typeof(Point));
        object value = new Point(1, 2);
        for (var i = 0; i < 100; i++)
            Reply(value, type);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            Reply(value, type);

        // The serializer occasionally allocates a few bytes; an array for each message would take 50 KB.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
    }

    private static void Reply(object value, JsonTypeInfo type)
    {
        using var writer = PayloadWriter.Rent();
        var head = new ReplyHead { Key = "action"u8, JsonKey = "\"action\""u8, Value = "\"echo\""u8 };
        ReplyWriter.WriteValue(writer, head, value, type);
        writer.ToMessage(MessageKind.Text).Return();
    }

    private sealed record Point(int X, int Y);

    private sealed record Said(string Text);

    private sealed record Talkative;

    private sealed record Outer(int A, Talkative Inner, int B);

    private sealed class SendingConverter : JsonConverter<Talkative>
    {
        public Func<string> Send { get; set; } = () => "";

        public string? Sent { get; private set; }

        public override Talkative Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, Talkative value, JsonSerializerOptions options)
        {
            Sent = Send();
            writer.WriteStringValue("said");
        }
    }
}
