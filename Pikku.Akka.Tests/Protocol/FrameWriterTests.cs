using System.Text.Json;
using System.Text.Json.Serialization;
using Pikku.Akka.Protocol;
using Xunit;

namespace Pikku.Akka.Tests.Protocol;

public class FrameWriterTests
{
    [Fact]
    public void A_converter_that_sends_while_it_is_called_does_not_disturb_the_frame()
    {
        var converter = new SendingConverter();
        var options = new JsonSerializerOptions(Lab.Json) { Converters = { converter } };
        var writer = new ReplyWriter(options);
        converter.Send = () => writer.Text(new string('x', 5000)).Text();

        var reply = writer.Message(new Outer(1, new Talkative(), 2), options.GetTypeInfo(typeof(Outer))).Text();

        Assert.Equal("""{"a":1,"inner":"said","b":2}""", reply);
        Assert.Equal(new string('x', 5000), converter.Sent);
    }

    [Fact]
    public void A_value_that_fails_half_way_leaves_nothing_for_the_next_frame()
    {
        var converter = new SendingConverter { Send = () => throw new InvalidOperationException("half way") };
        var options = new JsonSerializerOptions(Lab.Json) { Converters = { converter } };
        var writer = new ReplyWriter(options);

        Assert.Throws<InvalidOperationException>(
            () => writer.Message(new Outer(1, new Talkative(), 2), options.GetTypeInfo(typeof(Outer))));

        Assert.Equal("7", writer.Message(7, options.GetTypeInfo(typeof(int))).Text());
    }

    [Fact]
    public void Frames_are_written_as_the_application_wants_except_for_indentation()
    {
        var options = new JsonSerializerOptions(Lab.Json)
        {
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            WriteIndented = true,
        };

        Assert.Equal("""{"Aé":"é<"}""", new ReplyWriter(options).Message(
            new Dictionary<string, string> { ["Aé"] = "é<" }, options.GetTypeInfo(typeof(Dictionary<string, string>))).Text());
        Assert.Equal("""{"text":"\u00E9"}""", new ReplyWriter(Lab.Json).Message(new Said("é"), Lab.Json.GetTypeInfo(typeof(Said))).Text());
    }

    [Fact]
    public void A_usual_reply_allocates_nothing_when_its_frame_is_returned()
    {
        var writer = new ReplyWriter(Lab.Json);
        var to = Lab.Correlate("""{"action":"echo","x":1}""");
        var type = new ReplyType(Lab.Json.GetTypeInfo(typeof(Point)), to.Key);
        object value = new Point(1, 2);
        for (var i = 0; i < 100; i++)
            writer.Reply(to, value, type).Return();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            writer.Reply(to, value, type).Return();

        // The serialiser has a few bytes of its own now and then; a frame would be 50 KB.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
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
