using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Pikku.Akka.Requests;
using Pikku.Akka.Settings;

namespace Pikku.Akka.WebSockets;

/// <summary>Negotiates the compression of messages (<c>permessage-deflate</c>, RFC 7692) at the upgrade, if <c>pikku.compression.enabled</c> is on.</summary>
internal sealed class DeflateNegotiation
{
    private readonly bool _isEnabled;
    private readonly MessageDeflater[] _deflaters; // by the window of the client

    public DeflateNegotiation(PikkuSettings settings)
    {
        _isEnabled = settings.Compression.Enabled;
        _deflaters =
        [
            .. Enumerable.Range(DeflateOffer.SmallestWindow, DeflateOffer.LargestWindow - DeflateOffer.SmallestWindow + 1)
                .Select(bits => new MessageDeflater(settings.Compression, bits)),
        ];
    }

    /// <summary>Accepts the first offer that can be accepted, and adds it to the response.</summary>
    /// <returns>Compresses the messages to the client; null when the messages are not compressed.</returns>
    /// <exception cref="RequestRefusal">The header does not conform to its grammar (RFC 6455 §9.1: the connection must fail).</exception>
    public MessageDeflater? Negotiate(HttpContext context)
    {
        if (!_isEnabled || !context.Features.GetRequiredFeature<TransportFeatures>().HasFramesOfClient)
            return null;
        var header = context.Request.Headers[HeaderNames.SecWebSocketExtensions];
        if (header.Count == 0)
            return null;
        var offers = ExtensionOffer.Read(header) ?? throw new RequestRefusal(
            StatusCodes.Status400BadRequest, "Bad Request", "Sec-WebSocket-Extensions does not conform to RFC 6455 §9.1.");
        if (offers.Select(DeflateOffer.Read).FirstOrDefault(offer => offer is not null) is not { } accepted)
            return null;
        context.Response.Headers.SecWebSocketExtensions = accepted.Response;
        return _deflaters[(accepted.ServerWindowBits ?? DeflateOffer.LargestWindow) - DeflateOffer.SmallestWindow];
    }
}
