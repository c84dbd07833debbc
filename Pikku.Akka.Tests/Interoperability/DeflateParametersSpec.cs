using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Interoperability;

/// <summary>Each client with all parameters of permessage-deflate (RFC 7692 §7.1) that it can offer.</summary>
public sealed class DeflateParametersSpec(SharedLabs labs, ForeignClients clients) : IClassFixture<SharedLabs>, IClassFixture<ForeignClients>
{
    private const int Any = DeflateParameters.WithoutValue;

    private static readonly string s_long = string.Concat(Enumerable.Range(0, 200).Select(i => $"number {i}, "));

    // Texts below and above the smaller windows; both are long enough to be compressed.
    private static readonly string[] s_texts = [s_long[..1100], s_long];

    public static TheoryData<string, int?[], int?[]> Windows() => new()
    {
        { ForeignClients.Node, [null, 8, 9, 10, 11, 12, 13, 14, 15], [null, Any, 8, 9, 10, 11, 12, 13, 14, 15] },
        // .NET can't leave client_max_window_bits out, and has no window of 8 bits.
        { ForeignClients.DotNet, [null, 9, 10, 11, 12, 13, 14], [Any, 9, 10, 11, 12, 13, 14] },
        // zlib, which Python uses, can't compress with a window of 8 bits.
        { ForeignClients.Python, [null, 8, 9, 10, 11, 12, 13, 14, 15], [null, Any, 9, 10, 11, 12, 13, 14, 15] },
        // Few, because each is a process.
        { ForeignClients.Curl, [10], [8] },
    };

    [SkippableTheory]
    [MemberData(nameof(Windows))]
    public async Task Every_offer_is_accepted_and_its_messages_are_read(string name, int?[] serverBits, int?[] clientBits)
    {
        var lab = await labs.GetAsync("pikku.compression.enabled = on");
        await using var client = await clients.StartAsync(name, lab);

        foreach (var offer in DeflateParameters.All(serverBits, clientBits))
        {
            var handshake = await client.OpenAsync(lab.Ws(), offer: offer);
            var window = offer.ServerBits is { } server ? $"; server_max_window_bits={server}" : "";
            var own = offer.ClientBits is { } bits and not Any ? $"; client_max_window_bits={bits}" : "";
            Assert.Equal($"permessage-deflate; server_no_context_takeover; client_no_context_takeover{window}{own}", handshake.Extensions);
            foreach (var text in s_texts)
            {
                await client.SendAsync($$"""{"action":"echo","text":"{{text}}"}""");
                Assert.Equal($$"""{"text":"{{text}}","action":"echo"}""", await client.ReceiveAsync());
            }

            await client.CloseAsync(1000, "");
            Assert.StartsWith("close 1000", await client.ReceiveAsync(), StringComparison.Ordinal);
        }
    }
}
