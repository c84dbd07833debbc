using Pikku.Akka.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>The negotiation of permessage-deflate: which offers are accepted (RFC 7692 §7.1), and which headers are refused (RFC 6455 §9.1).</summary>
public sealed class DeflateNegotiationSpec(SharedLabs labs) : IClassFixture<SharedLabs>
{
    private const string Accepted = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
    private const string On = "pikku.compression.enabled = on";

    [Theory]
    [InlineData("permessage-deflate", Accepted)]
    [InlineData("permessage-deflate; client_max_window_bits", Accepted)] // browsers
    [InlineData("permessage-deflate; client_max_window_bits=15", Accepted + "; client_max_window_bits=15")]
    [InlineData("permessage-deflate; client_max_window_bits=\"10\"", Accepted + "; client_max_window_bits=10")] // the client of .NET fails without
    [InlineData("permessage-deflate; client_no_context_takeover; server_no_context_takeover", Accepted)]
    [InlineData("permessage-deflate;server_max_window_bits=10", Accepted + "; server_max_window_bits=10")]
    [InlineData("permessage-deflate; server_max_window_bits=15", Accepted + "; server_max_window_bits=15")]
    [InlineData("Permessage-Deflate ;\tClient_Max_Window_Bits = 9 ,", Accepted + "; client_max_window_bits=9")]
    [InlineData("permessage-deflate; client_max_window_bits=8; server_max_window_bits=15", Accepted + "; server_max_window_bits=15; client_max_window_bits=8")]
    [InlineData("x-webkit-deflate-frame, permessage-deflate", Accepted)]
    [InlineData("mux; max-channels=4; flow-control, permessage-deflate; client_max_window_bits", Accepted)]
    [InlineData("permessage-deflate; unknown, permessage-deflate; server_max_window_bits=8", Accepted + "; server_max_window_bits=8")]
    [InlineData("permessage-deflate; server_max_window_bits=9, permessage-deflate", Accepted + "; server_max_window_bits=9")]
    public async Task The_first_offer_that_can_be_accepted_is_accepted(string header, string response) => Assert.Equal((101, response), await Negotiate(On, header));

    [Theory]
    [InlineData("")]
    [InlineData("x-webkit-deflate-frame")]
    [InlineData("permessage-deflate-2")]
    [InlineData("permessage-deflate; unknown")]
    [InlineData("permessage-deflate; unknown=1")]
    [InlineData("permessage-deflate; client_no_context_takeover; client_no_context_takeover")]
    [InlineData("permessage-deflate; client_no_context_takeover=1")]
    [InlineData("permessage-deflate; server_no_context_takeover=true")]
    [InlineData("permessage-deflate; server_max_window_bits")]
    [InlineData("permessage-deflate; server_max_window_bits=7")]
    [InlineData("permessage-deflate; server_max_window_bits=16")]
    [InlineData("permessage-deflate; server_max_window_bits=08")]
    [InlineData("permessage-deflate; server_max_window_bits=+8")]
    [InlineData("permessage-deflate; server_max_window_bits=10; server_max_window_bits=10")]
    [InlineData("permessage-deflate; client_max_window_bits=0")]
    [InlineData("permessage-deflate; client_max_window_bits=x")]
    public async Task An_offer_with_an_invalid_parameter_is_declined_and_the_connection_is_not_compressed(string header) =>
        Assert.Equal((101, null), await Negotiate(On, header));

    [Theory]
    [InlineData("permessage-deflate; =15")]
    [InlineData("permessage-deflate;")]
    [InlineData("permessage-deflate; client_max_window_bits=")]
    [InlineData("permessage-deflate; client_max_window_bits=\"10")]
    [InlineData("permessage-deflate; client_max_window_bits=\"\"")]
    [InlineData("permessage-deflate; client_max_window_bits=\"1 0\"")]
    [InlineData("permessage-deflate client_max_window_bits")]
    [InlineData("permessage deflate")]
    [InlineData("(permessage-deflate)")]
    [InlineData("permessage-deflate, ;")]
    [Trait("Rule", "E6")]
    public async Task A_header_that_does_not_conform_to_the_grammar_is_refused(string header) => Assert.Equal((400, null), await Negotiate(On, header));

    [Theory]
    [InlineData("permessage-deflate")]
    [InlineData("permessage-deflate; =15")]
    public async Task Nothing_is_negotiated_while_compression_is_off(string header) => Assert.Equal((101, null), await Negotiate("", header));

    [Fact]
    public void Offers_are_read_in_order_with_their_parameters()
    {
        var offers = ExtensionOffer.Read(["a; x=1; y; z=\"q\\t\" , b", null, ", c"]);

        Assert.Equal(["a", "b", "c"], offers!.Select(offer => offer.Name));
        Assert.Equal([("x", "1"), ("y", null), ("z", "qt")], offers![0].Parameters);
    }

    private async Task<(int Status, string? Extensions)> Negotiate(string hocon, string header)
    {
        var lab = await labs.GetAsync(hocon);
        await using var client = await RawClient.Connect(lab.Port);
        await client.Send(RawClient.UpgradeRequest("/lab", $"Sec-WebSocket-Extensions: {header}"));
        var response = await client.ReadResponse();
        return (response.Status, response.Headers.GetValueOrDefault("Sec-WebSocket-Extensions"));
    }
}
