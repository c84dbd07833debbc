using FsCheck.Xunit;
using Pikku.Akka.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>The reader gives the same result as the slow model, for any input that is cut at any place.</summary>
[Properties(MaxTest = 2000)]
public class FrameReaderProperties
{
    [Property]
    [Trait("Rule", "B9")]
    public void Frames_that_are_mostly_right_are_read_as_the_model_reads_them(int seed)
    {
        var random = new Random(seed);
        AgreesWithModel(FrameGenerator.Dialogue(random), random);
    }

    [Property]
    [Trait("Rule", "B9")]
    public void Compressed_messages_are_read_as_the_model_reads_them(int seed)
    {
        var random = new Random(seed);
        AgreesWithModel(FrameGenerator.Dialogue(random, mayCompress: true), random, mayCompress: true);
    }

    [Property]
    [Trait("Rule", "B9")]
    public void Any_compressed_bytes_are_read_as_the_model_reads_them(byte[] bytes, int seed)
    {
        var random = new Random(seed);
        AgreesWithModel(FrameGenerator.Masked(random, 0xC2, bytes), random, mayCompress: true);
    }

    [Property]
    [Trait("Rule", "B9")]
    public void Compressed_blocks_of_any_kind_are_read_as_the_model_reads_them(int seed)
    {
        var random = new Random(seed);
        AgreesWithModel(FrameGenerator.Masked(random, 0xC2, DeflateGenerator.Message(random)), random, mayCompress: true);
    }

    [Fact]
    public void Most_blocks_of_the_generator_are_allowed()
    {
        var told = Enumerable.Range(0, 1000).Select(seed => FrameInflateModel.Read(DeflateGenerator.Message(new Random(seed)), 300).Refused).ToArray();

        Assert.InRange(told.Count(code => code == 0), 400, 900);
        Assert.InRange(told.Count(code => code == 1007), 50, 500);
        Assert.InRange(told.Count(code => code == 1009), 10, 500);
    }

    [Property]
    [Trait("Rule", "B9")]
    public void Any_bytes_are_read_as_the_model_reads_them(byte[] bytes, int seed) => AgreesWithModel(bytes, new Random(seed));

    [Property]
    public void A_mask_is_removed_wherever_the_bytes_begin(byte[] bytes, uint mask, byte start)
    {
        var bytesOfMask = BitConverter.GetBytes(mask);
        var expected = bytes.Select((b, i) => (byte)(b ^ bytesOfMask[(i + start) % 4])).ToArray();
        var room = new byte[bytes.Length + 1]; // so that source and destination stand differently

        FrameMask.Remove(bytes, room.AsSpan(1), FrameMask.Advance(mask, start));

        Assert.Equal(expected, room[1..]);
        Assert.Equal(0, room[0]);
    }

    private static void AgreesWithModel(byte[] input, Random random, bool mayCompress = false)
    {
        const int max = 300, fragments = 5;
        Assert.Equal(FrameModel.Read(input, max, fragments, mayCompress), Transcript.Of(FrameGenerator.Pieces(input, random), max, fragments, mayCompress));
    }
}
