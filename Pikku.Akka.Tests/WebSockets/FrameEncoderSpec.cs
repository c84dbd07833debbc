using System.Buffers.Binary;
using System.Text;
using Pikku.Akka.Protocol;
using Pikku.Akka.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

public sealed class FrameEncoderSpec
{
    private const byte Binary = 0x82; // FIN and opcode 2
    private const byte Close = 0x88;

    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 2)]
    [InlineData(125, 2)]
    [InlineData(126, 4)]
    [InlineData(65535, 4)]
    [InlineData(65536, 10)]
    [InlineData(1_048_576, 10)]
    public void A_header_is_as_long_as_its_length_needs(int length, int header)
    {
        var payload = RandomBytes(length);
        var message = EncodedMessage.Copy(MessageKind.Binary, payload);

        var frame = Written(message);

        Assert.Equal(header + length, frame.Length);
        Assert.Equal(frame.Length, FrameEncoder.SizeOf(message));
        var decoded = Frames.Decode(frame);
        Assert.Equal(Binary, decoded.First);
        Assert.True(payload.AsSpan().SequenceEqual(decoded.Payload));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65535)]
    [InlineData(65536)]
    public void The_header_is_written_directly_before_the_payload_which_is_not_copied(int length)
    {
        var payload = RandomBytes(length);
        using var writer = PayloadWriter.Rent();
        foreach (var chunk in payload.Chunk(1000))
            writer.Write(chunk);
        var shared = writer.ToSharedMessage(MessageKind.Binary);
        var message = writer.ToMessage(MessageKind.Binary);

        foreach (var one in (EncodedMessage[])[shared, message])
        {
            var frame = FrameEncoder.WriteIntoHeadroom(one);

            Assert.Equal(Written(one), frame.ToArray());
            Assert.True(payload.AsSpan().SequenceEqual(Frames.Decode(frame.Span).Payload));
            Assert.Equal(length > 0, frame.Span.Overlaps(one.Span));
        }

        Assert.Equal((true, false), (message.Pooled, shared.Pooled));
        message.Return();
    }

    [Fact]
    public void The_longest_header_fits_into_the_headroom_of_a_message() =>
        Assert.InRange(FrameEncoder.MaxHeaderSize, 0, EncodedMessage.HeadroomSize);

    [Theory]
    [InlineData(3)]
    [InlineData(300)]
    [InlineData(70_000)]
    public void Many_sockets_that_send_one_shared_message_at_the_same_time_all_send_the_same_frame(int length)
    {
        for (var round = 0; round < 200; round++)
        {
            var message = EncodedMessage.Copy(MessageKind.Text, RandomBytes(length));
            var expected = Written(message);
            using var start = new Barrier(4);

            Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ =>
            {
                start.SignalAndWait(Patience);
                Assert.True(FrameEncoder.WriteIntoHeadroom(message).Span.SequenceEqual(expected));
            });
        }
    }

    [Fact]
    public void Pings_are_empty_and_pongs_carry_the_payload_of_theirs()
    {
        Assert.Equal("8900", Convert.ToHexString(Written(EncodedMessage.Ping)));
        Assert.Equal("8900", Convert.ToHexString(FrameEncoder.WriteIntoHeadroom(EncodedMessage.Ping).Span));
        Assert.Equal("8A020102", Convert.ToHexString(Written(EncodedMessage.Copy(MessageKind.Pong, [1, 2]))));
        Assert.False(EncodedMessage.Ping.Pooled);
    }

    [Theory, Trait("Rule", "I4")]
    [InlineData("")]
    [InlineData("done")]
    [InlineData("schön")]
    public void A_close_frame_has_code_and_reason(string reason)
    {
        var (first, payload) = Frames.Decode(Written(CloseMessage.Encode(CloseCode.PolicyViolation, reason)));

        Assert.Equal(Close, first);
        Assert.Equal(1008, BinaryPrimitives.ReadUInt16BigEndian(payload));
        Assert.Equal(reason, Encoding.UTF8.GetString(payload, 2, payload.Length - 2));
    }

    [Theory, Trait("Rule", "I4")]
    [InlineData('a', 123)]
    [InlineData('é', 122)]
    [InlineData('€', 123)]
    public void A_long_reason_is_truncated_between_characters(char character, int bytes)
    {
        var message = CloseMessage.Encode(CloseCode.Normal, new string(character, 500));
        var (_, payload) = Frames.Decode(Written(message));

        Assert.Equal(2 + bytes, payload.Length);
        Assert.All(new UTF8Encoding(false, true).GetString(payload, 2, bytes), cut => Assert.Equal(character, cut));
        Assert.Equal(Written(message), FrameEncoder.WriteIntoHeadroom(message).ToArray());
    }

    [Fact, Trait("Rule", "I4")]
    public void A_long_reason_is_not_truncated_inside_a_surrogate_pair()
    {
        var (_, payload) = Frames.Decode(Written(CloseMessage.Encode(CloseCode.Normal, "x" + string.Concat(Enumerable.Repeat("😀", 50)))));

        Assert.Equal("x" + string.Concat(Enumerable.Repeat("😀", 30)), Encoding.UTF8.GetString(payload, 2, payload.Length - 2));
    }

    private static TimeSpan Patience => Eventually.Patience;

    private static byte[] RandomBytes(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Written(in EncodedMessage message)
    {
        var frame = new byte[FrameEncoder.SizeOf(message)];
        Assert.Equal(frame.Length, FrameEncoder.Write(message, frame));
        return frame;
    }
}
