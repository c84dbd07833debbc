using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.AspNetCore.Http.Features.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Net.Http.Headers;
using Pikku.Akka.Channels;
using Pikku.Akka.Cluster;
using Pikku.Akka.Connections;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Dispatch;
using Pikku.Akka.Functions.Input;
using Pikku.Akka.Protocol;
using Pikku.Akka.Sessions;
using Pikku.Akka.Settings;

namespace Pikku.Akka.WebSockets;

/// <summary>Upgrades a request to the route of a channel to a connection, or refuses it with a status that contains the reason.</summary>
internal sealed class UpgradeHandler(
    PikkuSettings settings, ConnectionLimits limits, SessionOpener sessions, OpeningDataBinder openingData, DrainState drain,
    SocketSession sockets, ClusterClient node, TokenLifetime tokens, TokenAuthenticators authenticators, PikkuLog log, PikkuMetrics metrics, BackgroundTasks background,
    IAuthenticationSchemeProvider? schemes = null)
{
    private static readonly string[] HandshakeHeaders =
        [HeaderNames.Connection, HeaderNames.Upgrade, HeaderNames.SecWebSocketAccept, HeaderNames.SecWebSocketProtocol];

    /// <summary>
    /// Checks in this order: 1. the target is well-formed, 2. the node is not draining, 3. the origin is allowed, 4. the limits have room, 5. the authentication, 6. the
    /// opening data, 7. it is a WebSocket request. Then 8. upgrades the request, and 9. serves the connection until it ends. The WebSocket check is last, because a
    /// page cannot see why its upgrade was refused: it can send the same request without an upgrade to get the reason.
    /// </summary>
    public async Task HandleAsync(HttpContext context, ChannelEndpoint channel)
    {
        if (!PendingUpgrade.TryArrive(context))
            return; // its deadline has expired, and it has been answered
        try
        {
            if (!UpgradeTarget.IsWellFormed(context))
                throw new UpgradeRefusal(StatusCodes.Status400BadRequest, "Bad Request", "The percent-encoding of the path or the query is not UTF-8.");
            if (drain.IsDraining)
                throw UpgradeRefusal.Unavailable("The node is going away.");
            if (!OriginPolicy.Allows(context.Request, settings.Upgrade))
                throw new UpgradeRefusal(StatusCodes.Status403Forbidden, "Forbidden", "The origin of the page may not connect.");

            using var lease = limits.Take(context);
            var id = node.NewChannelId();
            var prepared = await PrepareAsync(context, channel, id);
            RequireUpgrade(context);
            await ServeAsync(context, channel, id, prepared);
        }
        catch (UpgradeRefusal refusal) when (!context.Response.HasStarted)
        {
            metrics.UpgradeRefused(channel.Definition.Name, refusal.Status);
            log.UpgradeRefused(channel.Definition.Name, refusal.Status, refusal.Message);
            await ProblemWriter.WriteAsync(context, refusal);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client disconnected during the handshake, so no response is written.
        }
        catch (Exception e) when (context.Response.HasStarted)
        {
            // A bug after the response has started, so the response cannot report it. Without this catch, the server would log it as a failure of the application.
            log.UpgradeFailed(channel.Definition.Name, e);
            context.Abort();
        }
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
        throw new UpgradeRefusal(
            StatusCodes.Status426UpgradeRequired, "Upgrade Required",
            "This is the route of a channel: connect with a WebSocket (RFC 6455, version 13).");
    }

    private async Task<Prepared> PrepareAsync(HttpContext context, ChannelEndpoint channel, string id)
    {
        using var timeout = new CancellationTokenSource(settings.Connection.HandshakeTimeout, channel.Clock);
        using var handshake = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, timeout.Token);
        try
        {
            // Each of these calls runs user code, which may ignore the token. Therefore the wait ends with the token.
            var (principal, end) = await background.WaitAsync(AuthenticateAsync(context, channel), "The authentication of an upgrade", handshake.Token);
            var opening = await background.WaitAsync(
                BindAsync(context, channel, handshake.Token).AsTask(), "Reading the opening data of an upgrade", handshake.Token);
            // A store that ignores the token may continue to run; it does not use the request.
            var session = await background.WaitAsync(
                sessions.OpenAsync(principal, handshake.Token, end).AsTask(), "Reading the session of an upgrade", handshake.Token);
            if (session.IsExpired)
                RefuseExpired(context, session);
            var prepared = new Prepared(principal, session, opening, session.Current);
            await DemandPermissionAsync(context, channel, id, prepared, handshake.Token).WaitAsync(handshake.Token);
            return prepared;
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

    // U1: without a session, the first action asks the permissions of the channel, because an action may begin the session that they need.
    private static async Task DemandPermissionAsync(
        HttpContext context, ChannelEndpoint channel, string id, Prepared prepared, CancellationToken cancellationToken)
    {
        if (channel.Definition.Permission is not { } permission || prepared.AskedFor is null)
            return;
        var pending = new PendingChannel(id, channel.Definition.Name, prepared.Opening, context.RequestServices, context.RequestAborted);
        var question = new EndpointPermission.Question(
            pending, prepared.Session, channel.Sessions, channel.Hub, context.RequestServices, prepared.User, cancellationToken);
        try
        {
            if (!await permission.AllowsAsync(question, prepared.Opening))
                throw new UpgradeRefusal(StatusCodes.Status403Forbidden, "Forbidden", "The channel is not open to this user.");
        }
        catch (PikkuException e) when (e.Status is >= 400 and < 500)
        {
            throw new UpgradeRefusal(e.Status, ReasonPhrases.GetReasonPhrase(e.Status), e.ClientMessage);
        }
    }

    private async Task ServeAsync(HttpContext context, ChannelEndpoint channel, string id, Prepared prepared)
    {
        var subprotocol = Subprotocols.Choose(context.Request, settings.Upgrade);
        var stream = await AcceptAsync(context, channel, subprotocol);
        LiftRequestLimits(context);
        RequestTelemetry.EndWithHandshake(context, channel.Clock);
        var transport = new WebSocketTransport(stream, new RequestCutoff(context.Abort), error => log.Ended(channel.Definition.Name, id, error.Message));
        var connection = new Connection(
            id, channel, prepared.Opening, context.RequestServices, prepared.Session, isEnveloped: subprotocol == SubprotocolNames.Enveloped,
            AmbientContext.Capture(), transport, prepared.User) { Authenticator = authenticators.Of(context, channel.Definition.Name) };
        if (prepared.AskedFor is { } session)
            channel.Definition.Permission?.Keep(connection, session);
        await sockets.RunAsync(stream, connection, transport, context.RequestAborted);
        await context.Features.GetRequiredFeature<TransportFeatures>().EndAsync();
    }

    // ASP.NET Core does the handshake. After it, the connection is used directly.
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
            // The server has its own limit (MaxConcurrentUpgradedConnections).
            log.UpgradeFailed(channel.Definition.Name, e);
            foreach (var header in HandshakeHeaders)
                context.Response.Headers.Remove(header);
            throw UpgradeRefusal.Unavailable("The server takes no more upgrades.");
        }
    }

    // The minimum data rates of requests do not suit connections: the outbox limits slow clients, and clients may be silent for a long time.
    private static void LiftRequestLimits(HttpContext context)
    {
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } request)
            request.MinDataRate = null;
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } response)
            response.MinDataRate = null;
    }

    // A client sends a token explicitly, so an invalid token is refused. A cookie is sent automatically, and a page can neither see the status of an upgrade nor
    // always delete the cookie. An invalid cookie is therefore ignored and the client is anonymous, as for the pages of ASP.NET Core (D1).
    private async Task<(ClaimsPrincipal? User, TokenEnd? End)> AuthenticateAsync(HttpContext context, ChannelEndpoint channel)
    {
        var scheme = schemes is null ? null : await schemes.GetDefaultAuthenticateSchemeAsync();
        // context.User is not used, because it creates an identity for anonymous requests.
        if (context.Features.Get<IHttpAuthenticationFeature>()?.User is { Identity.IsAuthenticated: true } user)
        {
            WarnOfUnreadToken(context, channel, scheme, isUser: true);
            return (user, await tokens.OfAsync(user, context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult));
        }

        if (scheme is null)
            return default;
        var result = await context.AuthenticateAsync(scheme.Name);
        if (result.Failure is { } failure)
        {
            if (AreCredentialsExplicit(context.Request, scheme))
                throw Unauthorized("The credentials were not accepted.");
            log.CredentialsIgnored(channel.Definition.Name, $"{failure.GetType().Name} of the scheme {scheme.Name}");
        }

        WarnOfUnreadToken(context, channel, scheme, isUser: result.Principal is not null);
        return result.Principal is { } principal ? (principal, await tokens.OfAsync(principal, result)) : default;
    }

    // Returns whether the client sent the failed credentials explicitly. A cookie scheme does not read the header. A policy scheme, which selects another scheme,
    // reads a bearer header if there is one; any other header may be for a proxy.
    private static bool AreCredentialsExplicit(HttpRequest request, AuthenticationScheme scheme) =>
        !TokenAuthenticator.IsCookie(scheme) && request.Headers.Authorization.Count > 0
        && (UpgradeTokens.HasBearer(request) || !scheme.HandlerType.IsAssignableTo(typeof(PolicySchemeHandler)));

    // Logs a configuration mistake that would otherwise look like a client without a token.
    private void WarnOfUnreadToken(HttpContext context, ChannelEndpoint channel, AuthenticationScheme? scheme, bool isUser)
    {
        if (scheme is not null && UpgradeTokens.HasBearer(context.Request) && (!isUser || TokenAuthenticator.IsCookie(scheme)))
            log.TokenNotRead(channel.Definition.Name, scheme.Name);
    }

    // A session that has already expired would be closed at once, and the client would reconnect in an endless loop.
    private void RefuseExpired(HttpContext context, SessionHolder session)
    {
        if (UpgradeTokens.HasBearer(context.Request) && settings.Session.OnExpiry == SessionExpiry.Close)
            throw Unauthorized("The session of these credentials is over.");
        session.ClearExpired();
    }

    private static UpgradeRefusal Unauthorized(string detail) => new(StatusCodes.Status401Unauthorized, "Unauthorized", detail);

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

    /// <summary>What is known of a connection before it opens.</summary>
    /// <param name="User">The principal; null for none.</param>
    /// <param name="Session">Holds the session.</param>
    /// <param name="Opening">The opening data; null for none.</param>
    /// <param name="AskedFor">The session for which the permissions of the channel were asked; null when there is none, and they were not asked.</param>
    private sealed record Prepared(ClaimsPrincipal? User, SessionHolder Session, object? Opening, IPikkuSession? AskedFor);
}
