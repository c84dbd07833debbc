using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Features.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Net.Http.Headers;
using Pikku.Akka.Channels;
using Pikku.Akka.Cluster;
using Pikku.Akka.Connections;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Dispatch;
using Pikku.Akka.Functions.Input;
using Pikku.Akka.Sessions;
using Pikku.Akka.Settings;

namespace Pikku.Akka.WebSockets;

/// <summary>Takes a request to the route of a channel and makes a connection of it, or refuses it with a status that says why.</summary>
internal sealed class UpgradeHandler(
    PikkuSettings settings, ConnectionLimits limits, SessionOpener sessions, OpeningDataBinder openingData, DrainState drain,
    SocketSession sockets, ClusterClient node, TokenLifetime tokens, PikkuLog log, PikkuMetrics metrics, IAuthenticationSchemeProvider? schemes = null)
{
    private static readonly string[] HandshakeHeaders =
        [HeaderNames.Connection, HeaderNames.Upgrade, HeaderNames.SecWebSocketAccept, HeaderNames.SecWebSocketProtocol];

    /// <summary>
    /// 1. A well-formed target, 2. while the node stays, 3. of an origin that may, 4. while there is room, 5. of whom, 6. with which opening
    /// data, 7. a WebSocket request; then 8. the upgrade, and 9. the connection until it ends. What is no WebSocket request is refused last: a
    /// page that is not told why its upgrade was refused learns it by asking without one.
    /// </summary>
    public async Task HandleAsync(HttpContext context, ChannelEndpoint channel)
    {
        if (!PendingUpgrade.TryArrive(context))
            return; // it has been answered
        try
        {
            if (!UpgradeTarget.IsWellFormed(context))
                throw new UpgradeRefusal(StatusCodes.Status400BadRequest, "Bad Request", "The percent-encoding of the path or the query is not UTF-8.");
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

    private async Task<(SessionHolder Session, object? Opening)> PrepareAsync(HttpContext context, ChannelEndpoint channel)
    {
        using var late = new CancellationTokenSource(settings.Connection.HandshakeTimeout, channel.Clock);
        using var handshake = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, late.Token);
        try
        {
            // Code of the application, each of them, which may or may not listen to the token: it is given up with the request.
            var (principal, end) = await AuthenticateAsync(context, channel).WaitAsync(handshake.Token);
            var opening = await BindAsync(context, channel, handshake.Token).AsTask().WaitAsync(handshake.Token);
            // A store that does not listen to the token may go on; it has nothing of the request.
            var session = await sessions.OpenAsync(principal, handshake.Token, end).AsTask().WaitAsync(handshake.Token);
            if (session.IsExpired)
                RefuseExpired(context, session);
            return (session, opening);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            throw UpgradeRefusal.TookTooLong(context);
        }
        catch (Exception e) when (e is not (UpgradeRefusal or OperationCanceledException))
        {
            log.UpgradeFailed(channel.Definition.Name, e);
            throw UpgradeRefusal.Unavailable("The connection could not be prepared.");
        }
    }

    private async Task ServeAsync(HttpContext context, ChannelEndpoint channel, SessionHolder session, object? opening)
    {
        var subprotocol = Subprotocols.Choose(context.Request, settings.Upgrade);
        var stream = await AcceptAsync(context, channel, subprotocol);
        LiftRequestLimits(context);
        RequestTelemetry.EndWithHandshake(context);
        var id = node.NewChannelId();
        var transport = new WebSocketTransport(stream, new RequestCutoff(context.Abort), error => log.Ended(channel.Definition.Name, id, error.Message));
        var connection = new Connection(
            id, channel, opening, context.RequestServices, session, isEnveloped: subprotocol == Subprotocols.Enveloped, AmbientContext.Capture(),
            transport);
        await sockets.RunAsync(stream, connection, transport, context.RequestAborted);
        await context.Features.GetRequiredFeature<TransportFeatures>().EndAsync();
    }

    // The handshake is the framework's; what comes after it is ours.
    private async Task<Stream> AcceptAsync(HttpContext context, ChannelEndpoint channel, string? subprotocol)
    {
        try
        {
            await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
            {
                SubProtocol = subprotocol, KeepAliveInterval = Timeout.InfiniteTimeSpan,
            });
            return context.Features.GetRequiredFeature<TransportFeatures>().Connection!;
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

    // Somebody who shows a token wants to be known by it: a wrong one is refused. A cookie is sent by itself, and a page can neither see a
    // status nor always delete the cookie: a wrong one is none, as for the pages of ASP.NET Core, and makes a guest (D1).
    private async Task<(ClaimsPrincipal? User, TokenEnd? End)> AuthenticateAsync(HttpContext context, ChannelEndpoint channel)
    {
        var scheme = schemes is null ? null : await schemes.GetDefaultAuthenticateSchemeAsync();
        // Not by context.User, which makes an identity for everybody who has none.
        if (context.Features.Get<IHttpAuthenticationFeature>()?.User is { Identity.IsAuthenticated: true } user)
        {
            TellOfUnread(context, channel, scheme, isUser: true);
            return (user, await tokens.OfAsync(user, context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult));
        }

        if (scheme is null)
            return default;
        var result = await context.AuthenticateAsync(scheme.Name);
        if (result.Failure is { } failure)
        {
            if (IsShown(context.Request, scheme))
                throw Unaccepted("The credentials were not accepted.");
            log.CredentialsIgnored(channel.Definition.Name, $"{failure.GetType().Name} of the scheme {scheme.Name}");
        }

        TellOfUnread(context, channel, scheme, isUser: result.Principal is not null);
        return result.Principal is { } principal ? (principal, await tokens.OfAsync(principal, result)) : default;
    }

    // Whether what failed was shown on purpose. A scheme of cookies did not look at the header; one that selects others by the request looks
    // at a bearer header where there is one, and another header may be for a proxy.
    private static bool IsShown(HttpRequest request, AuthenticationScheme scheme) =>
        !IsCookie(scheme) && request.Headers.Authorization.Count > 0
        && (UpgradeTokens.AreShown(request) || !scheme.HandlerType.IsAssignableTo(typeof(PolicySchemeHandler)));

    // A developer's mistake that would otherwise look like a client without a token.
    private void TellOfUnread(HttpContext context, ChannelEndpoint channel, AuthenticationScheme? scheme, bool isUser)
    {
        if (scheme is not null && UpgradeTokens.AreShown(context.Request) && (!isUser || IsCookie(scheme)))
            log.TokenNotRead(channel.Definition.Name, scheme.Name);
    }

    // What is accepted now and over at once would be put out again and come back, for ever.
    private void RefuseExpired(HttpContext context, SessionHolder session)
    {
        if (UpgradeTokens.AreShown(context.Request) && settings.Session.OnExpiry == SessionExpiry.Close)
            throw Unaccepted("The session of these credentials is over.");
        session.ClearExpired();
    }

    private static bool IsCookie(AuthenticationScheme scheme) => scheme.HandlerType.IsAssignableTo(typeof(CookieAuthenticationHandler));

    private static UpgradeRefusal Unaccepted(string detail) => new(StatusCodes.Status401Unauthorized, "Unauthorized", detail);

    private async ValueTask<object?> BindAsync(HttpContext context, ChannelEndpoint channel, CancellationToken cancellationToken)
    {
        if (channel.Definition.OpeningData is not { } type)
            return null;
        try
        {
            return await openingData.BindAsync(type, PathParameters.Of(context), context.Request.Query, context.RequestServices, cancellationToken);
        }
        catch (UnprocessableContentError e)
        {
            throw new UpgradeRefusal(
                e.Status, "Unprocessable Content", "The path parameters or the query break the rules of the channel.", e.Details);
        }
    }
}
