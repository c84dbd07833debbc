using System.Globalization;
using System.Text;
using Pikku.Akka.Tests.WebSockets;

namespace Pikku.Akka.Benchmarks.Fuzz;

/// <summary>Sends frames that may be wrong anywhere, in random pieces, and compares the answers with what the model of RFC 6455 reads from the same bytes.</summary>
internal static class DialogueAttack
{
    private const int MaxPongs = 16; // with more pings at a time, a server may answer the newest ones only (§5.5.3)
    private const int NoCode = 1005;

    private const int CompressedBit = 0x40;

    /// <summary>Runs the dialogue.</summary>
    /// <param name="client">The client.</param>
    /// <param name="random">Decides where the bytes are cut.</param>
    /// <param name="bytes">What the client sends.</param>
    /// <param name="mayCompress">True to negotiate compression.</param>
    /// <returns>What is wrong; null for nothing.</returns>
    public static async Task<string?> RunAsync(HostileClient client, Random random, byte[] bytes, bool mayCompress)
    {
        var expected = Expected.Of(FrameModel.Read(bytes, FuzzServer.MaxMessage, FuzzServer.MaxFragments, mayCompress));
        var response = await client.UpgradeAsync(mayCompress ? "permessage-deflate; client_max_window_bits" : "");
        if (mayCompress != response.Contains("permessage-deflate", StringComparison.Ordinal))
            return $"the response is {response}";
        var sending = SendAsync(client, random, bytes);
        var wrong = await CompareAsync(client, expected, mayCompress);
        await sending;
        return wrong is null ? null : $"{wrong}; sent {Convert.ToHexString(bytes)}";
    }

    private static async Task SendAsync(HostileClient client, Random random, byte[] bytes)
    {
        try
        {
            if (random.Next(2) == 0)
            {
                await client.SendAsync(bytes);
                return;
            }

            foreach (var piece in FrameGenerator.Pieces(bytes, random))
                await client.SendAsync(piece);
        }
        catch (IOException)
        {
            // The server may end the connection before the last piece, after a close.
        }
    }

    private static async Task<string?> CompareAsync(HostileClient client, Expected expected, bool mayCompress)
    {
        var (messages, pongs) = (0, new List<string>());
        while (expected.CloseCode is not null || messages < expected.Messages.Count || pongs.Count < Math.Min(expected.Pings.Count, MaxPongs))
        {
            var frame = await client.ReadFrameAsync();
            if (frame is null)
                return $"the connection ended without {(expected.CloseCode is { } missing ? $"close {missing}" : "an answer to each message")}";
            if (IsAnswer(frame, expected, messages, mayCompress))
            {
                messages++;
                continue;
            }

            switch (frame.First)
            {
                case RawFrame.Pong:
                    pongs.Add(Convert.ToHexString(frame.Payload));
                    break;
                case RawFrame.Ping:
                    break;
                case RawFrame.Close when frame.CloseCode == expected.CloseCode:
                    return Unexpected(pongs, expected);
                default:
                    return $"got {frame.First:X2} {Convert.ToHexString(frame.Payload)} as answer {messages} of {string.Join(", ", expected.Messages)}, close {expected.CloseCode?.ToString(CultureInfo.InvariantCulture) ?? "none"}";
            }
        }

        return Unexpected(pongs, expected);
    }

    private static bool IsAnswer(RawFrame frame, Expected expected, int number, bool mayCompress)
    {
        var isCompressed = mayCompress && (frame.First & CompressedBit) != 0;
        if (number == expected.Messages.Count || (isCompressed ? frame.First & ~CompressedBit : frame.First) is not (RawFrame.Text or RawFrame.Binary))
            return false;
        var payload = isCompressed ? FrameInflateModel.Read(frame.Payload, FuzzServer.MaxMessage + 1).Message : frame.Payload;
        return payload.AsSpan().SequenceEqual(FuzzServer.Answer(Convert.FromHexString(expected.Messages[number])));
    }

    private static string? Unexpected(List<string> pongs, Expected expected) =>
        pongs.Except(expected.Pings).FirstOrDefault() is { } pong ? $"the pong {pong} answers no ping" : null;

    /// <param name="Messages">The messages, in hexadecimal digits, which are echoed. Before a close, the last ones may be missing.</param>
    /// <param name="Pings">The pings, in hexadecimal digits.</param>
    /// <param name="CloseCode">The code with which the server closes; null when it does not.</param>
    private sealed record Expected(List<string> Messages, List<string> Pings, int? CloseCode)
    {
        public static Expected Of(List<string> transcript)
        {
            var expected = new Expected([], [], null);
            foreach (var line in transcript)
            {
                var (kind, rest) = line.IndexOf(' ', StringComparison.Ordinal) is > 0 and var at ? (line[..at], line[(at + 1)..]) : (line, "");
                switch (kind)
                {
                    case "text": expected.Messages.Add(Convert.ToHexString(Encoding.UTF8.GetBytes(rest))); break;
                    case "binary": expected.Messages.Add(rest); break;
                    case "ping": expected.Pings.Add(rest); break;
                    case "broken" or "close":
                        var code = int.Parse(rest, CultureInfo.InvariantCulture);
                        return expected with { CloseCode = code == NoCode ? 1000 : code }; // a close without a code is answered with 1000
                    default: break;
                }
            }

            return expected;
        }
    }
}
