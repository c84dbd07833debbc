using System.Buffers.Binary;
using System.Text;
using Pikku.Akka.Protocol;
using Xunit;

namespace Pikku.Akka.Tests.Protocol;

public class FrameEncoderTests
{
    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 2)]
    [InlineData(125, 2)]
    [InlineData(126, 4)]
    [InlineData(65535, 4)]
    [InlineData(65536, 10)]
    [InlineData(1_048_576, 10)]
    public void A_header_has_the_shortest_form_for_its_length(int length, int header)
    {
        var payload = new byte[length];
        new Random(length).NextBytes(payload);

        var frame = FrameEncoder.Encode(FrameEncoder.Binary, payload);

        Assert.Equal(header + length, frame.Length);
        Assert.Equal(header, FrameEncoder.HeaderLength(length));
        var decoded = Frames.Decode(frame);
        Assert.Equal(FrameEncoder.Binary, decoded.First);
        Assert.True(payload.AsSpan().SequenceEqual(decoded.Payload));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65535)]
    [InlineData(65536)]
    public void A_writer_puts_the_header_directly_before_its_payload(int length)
    {
        var payload = new byte[length];
        new Random(length).NextBytes(payload);

        using var writer = FrameWriter.Rent();
        foreach (var chunk in payload.Chunk(1000))
            writer.Write(chunk);
        var shared = writer.ToSharedFrame(FrameEncoder.Binary);
        var frame = writer.ToFrame(FrameEncoder.Binary);

        Assert.True(frame.Pooled);
        Assert.True(frame.Span.SequenceEqual(shared));
        Assert.True(payload.AsSpan().SequenceEqual(Frames.Decode(frame.Span).Payload));
        frame.Return();
    }

    [Fact]
    public void Pings_are_empty_and_pongs_have_the_payload_of_their_ping()
    {
        Assert.Equal("8900", Convert.ToHexString(FrameEncoder.Ping.Span));
        Assert.Equal("8A020102", Convert.ToHexString(FrameEncoder.Pong([0, 0, 1, 2, 3], 2).Span));
        Assert.False(FrameEncoder.Ping.Pooled);
    }

    [Theory, Trait("Rule", "I4")]
    [InlineData("")]
    [InlineData("done")]
    [InlineData("schön")]
    public void A_close_frame_has_code_and_reason(string reason)
    {
        var (first, payload) = Frames.Decode(FrameEncoder.Close((int)CloseCode.PolicyViolation, reason).Span);

        Assert.Equal(0x88, first);
        Assert.Equal(1008, BinaryPrimitives.ReadUInt16BigEndian(payload));
        Assert.Equal(reason, Encoding.UTF8.GetString(payload, 2, payload.Length - 2));
    }

    [Theory, Trait("Rule", "I4")]
    [InlineData('a', 123)]
    [InlineData('é', 122)]
    [InlineData('€', 123)]
    public void A_long_reason_is_cut_between_characters(char character, int bytes)
    {
        var (_, payload) = Frames.Decode(FrameEncoder.Close(1000, new string(character, 500)).Span);

        Assert.Equal(2 + bytes, payload.Length);
        Assert.All(new UTF8Encoding(false, true).GetString(payload, 2, bytes), cut => Assert.Equal(character, cut));
    }

    [Fact, Trait("Rule", "I4")]
    public void A_long_reason_is_not_cut_inside_a_surrogate_pair()
    {
        var (_, payload) = Frames.Decode(FrameEncoder.Close(1000, "x" + string.Concat(Enumerable.Repeat("😀", 50))).Span);

        Assert.Equal("x" + string.Concat(Enumerable.Repeat("😀", 30)), Encoding.UTF8.GetString(payload, 2, payload.Length - 2));
    }

    [Fact, Trait("Rule", "I4")]
    public void The_code_of_a_close_frame_can_be_read_back()
    {
        var close = FrameEncoder.Close(1013, "slow").Span;

        Assert.True(FrameEncoder.IsClose(close));
        Assert.Equal(1013, FrameEncoder.CloseCodeOf(close));
        Assert.Equal(1005, FrameEncoder.CloseCodeOf([0x88, 0]));
        Assert.False(FrameEncoder.IsClose(FrameEncoder.Ping.Span));
    }
}
