using System.Net.WebSockets;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Features.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Net.Http.Headers;
using Pikku.Akka.Channels;
using Pikku.Akka.Nodes;
using Pikku.Akka.Connections;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Functions.Input;
using Pikku.Akka.Sessions;
using Pikku.Akka.Settings;

namespace Pikku.Akka.WebSockets;

/// <summary>Takes a request to the route of a channel and makes a connection of it, or refuses it with a status that says why.</summary>
internal sealed class UpgradeHandler(
    PikkuSettings settings, ConnectionLimits limits, SessionOpener sessions, OpeningDataBinder openingData, DrainState drain,
    SocketSession sockets, NodeLink node, PikkuLog log, PikkuMetrics metrics, IAuthenticationSchemeProvider? schemes = null)
{
    private static readonly string[] HandshakeHeaders =
        [HeaderNames.Connection, HeaderNames.Upgrade, HeaderNames.SecWebSocketAccept, HeaderNames.SecWebSocketProtocol];

    /// <summary>
    /// 1. While the node stays, 2. of an origin that may, 3. while there is room, 4. of whom, 5. with which opening data, 6. a WebSocket request;
    /// then 7. the upgrade, and 8. the connection until it ends. What is no WebSocket request is refused last: a page that is not told why its
    /// upgrade was refused learns it by asking without one.
    /// </summary>
    public async Task HandleAsync(HttpContext context, ChannelRuntime channel)
    {
        try
        {
            if (drain.IsDraining)
                throw UpgradeRefusal.Unavailable("The node is going away.");
            if (!OriginPolicy.Allows(context.Request, settings.Upgrade))
                throw new UpgradeRefusal(StatusCodes.Status403Forbidden, "Forbidden", "The origin of the page may not connect.");

            using var place = limits.Take(context);
            var (session, opening) = await PrepareAsync(context, channel);
            DemandUpgrade(context);
            await ServeAsync(context, channel, session, opening);
        }
        catch (UpgradeRefusal refusal) when (!context.Response.HasStarted)
        {
            metrics.UpgradeRefused(channel.Definition.Name, refusal.Status);
            log.UpgradeRefused(channel.Definition.Name, refusal.Status, refusal.Message);
            await ProblemWriter.WriteAsync(context, refusal);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client left in the middle of the handshake: there is nobody to tell.
        }
        catch (Exception e) when (context.Response.HasStarted)
        {
            // A bug, after the response can't tell it any more. The server would log it as a failure of the application.
            log.UpgradeFailed(channel.Definition.Name, e);
            context.Abort();
        }
    }

    private static void DemandUpgrade(HttpContext context)
    {
        // RFC 9110 §7.8: an Upgrade in HTTP/1.0 is to be ignored.
        var isHttp10 = HttpProtocol.IsHttp10(context.Request.Protocol);
        if (context.WebSockets.IsWebSocketRequest && !isHttp10)
            return;
        if (isHttp10 || HttpProtocol.IsHttp11(context.Request.Protocol)) // RFC 9113 §8.2.2: later versions have no such header
            context.Response.Headers.Upgrade = "websocket";
        context.Response.Headers.SecWebSocketVersion = "13";
        throw new UpgradeRefusal(
            StatusCodes.Status426UpgradeRequired, "Upgrade Required",
            "This is the route of a channel: connect with a WebSocket (RFC 6455, version 13).");
    }

    private async Task<(SessionHolder Session, object? Opening)> PrepareAsync(HttpContext context, ChannelRuntime channel)
    {
        using var late = new CancellationTokenSource(settings.Connection.HandshakeTimeout, channel.Clock);
        using var handshake = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, late.Token);
        try
        {
            var principal = await AuthenticateAsync(context);
            var opening = await BindAsync(context, channel, handshake.Token);
            // A store that does not listen to the token may go on; it has nothing of the request.
            return (await sessions.OpenAsync(principal, handshake.Token).AsTask().WaitAsync(handshake.Token), opening);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            throw UpgradeRefusal.Unavailable("The handshake took too long.");
        }
        catch (Exception e) when (e is not (UpgradeRefusal or OperationCanceledException))
        {
            log.UpgradeFailed(channel.Definition.Name, e);
            throw UpgradeRefusal.Unavailable("The connection could not be prepared.");
        }
    }

    private async Task ServeAsync(HttpContext context, ChannelRuntime channel, SessionHolder session, object? opening)
    {
        var subprotocol = Subprotocols.Choose(context.Request, settings.Upgrade);
        var stream = await AcceptAsync(context, channel, subprotocol);
        LiftRequestLimits(context);
        using var socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions
        {
            IsServer = true,
            SubProtocol = subprotocol,
            // The keep-alive is ours: one sweep for all sockets instead of a timer for each.
            KeepAliveInterval = Timeout.InfiniteTimeSpan,
        });
        var local = new LocalChannel(node.NewChannelId(), channel, opening, context.RequestServices, session, subprotocol == Subprotocols.Enveloped);
        await sockets.RunAsync(socket, stream, local, context.Abort, context.RequestAborted);
        await context.Features.GetRequiredFeature<TransportFeatures>().EndAsync();
    }

    // The handshake is the framework's, the socket is not: its own resets the connection once a client broke the protocol, and the close
    // frame that says so may never arrive.
    private async Task<SocketStream> AcceptAsync(HttpContext context, ChannelRuntime channel, string? subprotocol)
    {
        try
        {
            await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
            {
                SubProtocol = subprotocol, KeepAliveInterval = Timeout.InfiniteTimeSpan,
            });
            return context.Features.GetRequiredFeature<TransportFeatures>().Stream!;
        }
        catch (InvalidOperationException e) when (!context.Response.HasStarted)
        {
            // The server has a limit of its own (MaxConcurrentUpgradedConnections).
            log.UpgradeFailed(channel.Definition.Name, e);
            foreach (var header in HandshakeHeaders)
                context.Response.Headers.Remove(header);
            throw UpgradeRefusal.Unavailable("The server takes no more upgrades.");
        }
    }

    // The pace of a request is not that of a connection: how slow a client may read is what its outbox says, and one may be silent for long.
    private static void LiftRequestLimits(HttpContext context)
    {
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } request)
            request.MinDataRate = null;
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } response)
            response.MinDataRate = null;
    }

    // Somebody who shows credentials wants to be known by them: wrong ones are refused, none are a guest (D1).
    private async Task<ClaimsPrincipal?> AuthenticateAsync(HttpContext context)
    {
        // Not by context.User, which makes an identity for everybody who has none.
        if (context.Features.Get<IHttpAuthenticationFeature>()?.User is { Identity.IsAuthenticated: true } user)
            return user;
        if (schemes is null || await schemes.GetDefaultAuthenticateSchemeAsync() is not { } scheme)
            return null;

        var result = await context.AuthenticateAsync(scheme.Name);
        if (result.Failure is not null)
            throw new UpgradeRefusal(StatusCodes.Status401Unauthorized, "Unauthorized", "The credentials were not accepted.");
        return result.Principal;
    }

    private async ValueTask<object?> BindAsync(HttpContext context, ChannelRuntime channel, CancellationToken cancellationToken)
    {
        if (channel.Definition.OpeningData is not { } type)
            return null;
        try
        {
            var path = context.Request.RouteValues.Select(p => KeyValuePair.Create(p.Key, p.Value?.ToString()));
            return await openingData.BindAsync(type, path, context.Request.Query, context.RequestServices, cancellationToken);
        }
        catch (UnprocessableContentError e)
        {
            throw new UpgradeRefusal(
                e.Status, "Unprocessable Content", "The path parameters or the query break the rules of the channel.", e.Details);
        }
    }
}
