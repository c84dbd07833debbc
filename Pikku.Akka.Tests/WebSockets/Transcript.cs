using System.Text;
using Pikku.Akka.Protocol;
using Pikku.Akka.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>The results of a <see cref="FrameReader"/> for some bytes, one line for each result.</summary>
internal static class Transcript
{
    public const int MaxMessage = 1000;
    public const int MaxFragments = 8;

    /// <summary>The last line when a message or a frame is incomplete.</summary>
    public const string Unfinished = FrameModel.Unfinished;

    /// <summary>Reads bytes in pieces until the client closes.</summary>
    public static List<string> Of(IEnumerable<byte[]> pieces, int maxMessage = MaxMessage, int maxFragments = MaxFragments, bool mayCompress = false)
    {
        using var reader = new FrameReader(maxMessage, maxFragments, mayCompress);
        var told = new List<string>();
        foreach (var piece in pieces)
        {
            var at = 0;
            ReadOutcome outcome;
            do
            {
                outcome = reader.Read(piece.AsSpan(at), out var consumed);
                at += consumed;
                if (outcome != ReadOutcome.NeedsMore)
                    told.Add(Line(reader, outcome));
                if (outcome == ReadOutcome.Close)
                    return told;
            }
            while (outcome != ReadOutcome.NeedsMore);
            Assert.Equal(piece.Length, at);
        }

        if (reader.Violation is null && !reader.IsBetweenMessages)
            told.Add(Unfinished);
        return told;
    }

    /// <summary>All ways to cut the bytes: once at each place, at all places, and not at all.</summary>
    public static IEnumerable<(string How, byte[][] Pieces)> Cuts(byte[] bytes)
    {
        yield return ("in one piece", [bytes]);
        yield return ("byte by byte", [.. bytes.Select(b => new[] { b })]);
        for (var i = 1; i < bytes.Length; i++)
            yield return ($"cut at {i}", [bytes[..i], bytes[i..]]);
    }

    private static string Line(FrameReader reader, ReadOutcome outcome)
    {
        switch (outcome)
        {
            case ReadOutcome.Text or ReadOutcome.Binary:
                var buffer = reader.TakeMessage(out var length);
                var bytes = buffer[..length];
                MessageBuffers.Return(buffer);
                return outcome == ReadOutcome.Text ? $"text {new UTF8Encoding(false, true).GetString(bytes)}" : $"binary {Convert.ToHexString(bytes)}";
            case ReadOutcome.Ping:
                var pong = reader.TakePong();
                var (first, payload) = Frames.Decode(FrameEncoder.WriteIntoHeadroom(pong).Span);
                Assert.Equal(RawFrame.Pong, first);
                pong.Return();
                return $"ping {Convert.ToHexString(payload)}";
            case ReadOutcome.Pong:
                return "pong";
            case ReadOutcome.Violation:
                return $"broken {(int)reader.Violation!.Code}";
            case ReadOutcome.Close:
                return reader.Violation is null ? $"close {reader.CloseCode}" : "closed";
            default:
                throw new ArgumentOutOfRangeException(nameof(outcome));
        }
    }
}
