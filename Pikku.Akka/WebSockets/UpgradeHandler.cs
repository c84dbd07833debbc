using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Pikku.Akka.Channels;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Protocol;
using Pikku.Akka.Requests;
using Pikku.Akka.Settings;

namespace Pikku.Akka.WebSockets;

/// <summary>Upgrades a request to the route of a channel to a connection, or refuses it with a status that contains the reason.</summary>
internal sealed class UpgradeHandler
{
    private static readonly string[] HandshakeHeaders =
        [HeaderNames.Connection, HeaderNames.Upgrade, HeaderNames.SecWebSocketAccept, HeaderNames.SecWebSocketProtocol, HeaderNames.SecWebSocketExtensions];

    private readonly PikkuSettings _settings;
    private readonly RequestChecks _checks;
    private readonly DeflateNegotiation _compression;
    private readonly SocketSession _sockets;
    private readonly PikkuLog _log;
    private readonly Func<HttpContext, ChannelEndpoint, Task> _upgrade; // one delegate for all requests

    public UpgradeHandler(PikkuSettings settings, RequestChecks checks, DeflateNegotiation compression, SocketSession sockets, PikkuLog log)
    {
        _settings = settings;
        _checks = checks;
        _compression = compression;
        _sockets = sockets;
        _log = log;
        _upgrade = UpgradeAsync;
    }

    /// <summary>Upgrades the request, or answers it with a status.</summary>
    public Task HandleAsync(HttpContext context, ChannelEndpoint channel) => _checks.RunAsync(context, channel, _upgrade);

    /// <summary>
    /// 1. Checks the request, 2. requires that it is a WebSocket request, 3. upgrades it, and 4. serves the connection until it ends. The WebSocket check is last,
    /// because a page cannot see why its upgrade was refused: it can send the same request without an upgrade to get the reason.
    /// </summary>
    private async Task UpgradeAsync(HttpContext context, ChannelEndpoint channel)
    {
        _checks.Admit(context);
        using var lease = _checks.Count(context);
        var prepared = await _checks.PrepareAsync(context, channel);
        RequireUpgrade(context);

        var subprotocol = Subprotocols.Choose(context.Request, _settings.Upgrade);
        var deflater = _compression.Negotiate(context);
        var accepted = await AcceptAsync(context, channel, subprotocol);
        RequestLimits.Lift(context);
        RequestTelemetry.EndWithHandshake(context, channel.Clock);

        var transport = new WebSocketTransport(accepted.Output!, new RequestCutoff(context), deflater);
        var connection = prepared.Connect(context, channel, transport, isEnveloped: subprotocol == SubprotocolNames.Enveloped);
        await _sockets.RunAsync(accepted.Input!, connection, transport, context.RequestAborted);
        await accepted.EndAsync();
    }

    private static void RequireUpgrade(HttpContext context)
    {
        // RFC 9110 §7.8: the Upgrade header of an HTTP/1.0 request must be ignored.
        var isHttp10 = HttpProtocol.IsHttp10(context.Request.Protocol);
        if (context.WebSockets.IsWebSocketRequest && !isHttp10)
            return;
        if (isHttp10 || HttpProtocol.IsHttp11(context.Request.Protocol)) // RFC 9113 §8.2.2: later versions have no such header
            context.Response.Headers.Upgrade = "websocket";
        context.Response.Headers.SecWebSocketVersion = "13";
        throw new RequestRefusal(
            StatusCodes.Status426UpgradeRequired, "Upgrade Required",
            "This is the route of a channel: connect with a WebSocket (RFC 6455, version 13).");
    }

    // ASP.NET Core does the handshake. After it, the connection is used directly.
    private async Task<TransportFeatures> AcceptAsync(HttpContext context, ChannelEndpoint channel, string? subprotocol)
    {
        try
        {
            await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
            {
                SubProtocol = subprotocol, KeepAliveInterval = Timeout.InfiniteTimeSpan,
            });
            return context.Features.GetRequiredFeature<TransportFeatures>();
        }
        catch (InvalidOperationException e) when (!context.Response.HasStarted)
        {
            // The server has its own limit (MaxConcurrentUpgradedConnections).
            _log.UpgradeFailed(channel.Definition.Name, e);
            foreach (var header in HandshakeHeaders)
                context.Response.Headers.Remove(header);
            throw RequestRefusal.Unavailable("The server takes no more upgrades.");
        }
    }
}
