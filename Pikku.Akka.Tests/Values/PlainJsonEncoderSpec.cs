using System.Text;
using System.Text.Json;
using FsCheck.Xunit;
using Pikku.Akka.Protocol;
using Xunit;

namespace Pikku.Akka.Tests.Values;

[Trait("Rule", "C3")]
public sealed class PlainJsonEncoderSpec
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = PlainJsonEncoder.Instance };

    [Property(MaxTest = 500)]
    public void Any_text_survives_a_round_trip(string? text)
    {
        text = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text ?? ""));
        Assert.Equal(text, JsonSerializer.Deserialize<string>(JsonSerializer.Serialize(text, Plain)));
        var element = JsonSerializer.SerializeToElement(new Dictionary<string, string> { [text] = text });
        Assert.Equal(text, JsonSerializer.Deserialize<Dictionary<string, string>>(JsonSerializer.SerializeToUtf8Bytes(element, Plain))![text]);
    }

    [Fact]
    public void Escapes_only_what_JSON_requires()
    {
        for (var scalar = 0; scalar <= 0x10ffff; scalar++)
        {
            if (!Rune.TryCreate(scalar, out var rune))
                continue;
            var text = rune.ToString();
            var json = JsonSerializer.SerializeToUtf8Bytes(text, Plain);
            if (scalar is < 0x20 or '"' or '\\')
                Assert.Equal((byte)'\\', json[1]);
            else
                Assert.Equal(rune.Utf8SequenceLength + 2, json.Length);
        }
    }

    [Fact]
    public void Unpaired_surrogates_are_replaced_and_control_characters_are_escaped()
    {
        // Not theory data, because attributes cannot contain unpaired surrogates.
        Assert.Equal("\"a\ufffd\"", JsonSerializer.Serialize("a\ud83d", Plain));
        Assert.Equal("\"\ufffd🙂\\n\"", JsonSerializer.Serialize("\ude42\ud83d\ude42\n", Plain));
        Assert.Equal(
            "\"\\u0000\\b\\t\\n\\f\\r\\u001f\u007f\\\"\\\\/\"", JsonSerializer.Serialize("\u0000\b\t\n\f\r\u001f\u007f\"\\/", Plain));
    }

    [Fact]
    public void A_text_that_does_not_fit_is_encoded_in_part()
    {
        var destination = new char[5];
        Assert.Equal(System.Buffers.OperationStatus.DestinationTooSmall, PlainJsonEncoder.Instance.Encode("ab\u0001", destination, out var consumed, out var written));
        Assert.Equal((2, 2), (consumed, written));
        var bytes = new byte[5];
        Assert.Equal(System.Buffers.OperationStatus.DestinationTooSmall, PlainJsonEncoder.Instance.EncodeUtf8("ab\u0001"u8, bytes, out consumed, out written));
        Assert.Equal((2, 2), (consumed, written));
    }
}
