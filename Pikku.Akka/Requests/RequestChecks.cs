using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features.Authentication;
using Microsoft.AspNetCore.WebUtilities;
using Pikku.Akka.Channels;
using Pikku.Akka.Cluster;
using Pikku.Akka.Connections;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.EventHub;
using Pikku.Akka.Functions.Input;
using Pikku.Akka.Sessions;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Requests;

/// <summary>
/// The checks that a request passes before it becomes a connection, on any transport, in this order: 1. <see cref="Admit"/>: the target is well-formed, the node is
/// not draining and not cut off from its cluster, the origin is allowed, 2. <see cref="Count"/>: the limits have room, 3. <see cref="PrepareAsync"/>: the authentication, the opening data, the session,
/// the permissions of the channel.
/// A failed check throws a <see cref="RequestRefusal"/>.
/// </summary>
internal sealed class RequestChecks(
    PikkuSettings settings, ConnectionLimits limits, SessionOpener sessions, OpeningDataBinder openingData, DrainState drain, MembershipLease lease, TokenLifetime tokens,
    TokenAuthenticators authenticators, ClusterClient node, PikkuLog log, PikkuMetrics metrics, BackgroundTasks background, RefusedOrigins origins, IAuthenticationSchemeProvider? schemes = null)
{
    /// <summary>Runs the code that handles a request, and answers the request if the code refuses it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="handle">Handles the request.</param>
    public async Task RunAsync(HttpContext context, ChannelEndpoint channel, Func<HttpContext, ChannelEndpoint, Task> handle)
    {
        if (!PendingRequest.TryArrive(context))
            return; // its deadline has expired, and it has been answered
        try
        {
            await handle(context, channel);
        }
        catch (RequestRefusal refusal) when (!context.Response.HasStarted)
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

    /// <summary>The checks that cost nothing and reveal nothing.</summary>
    public void Admit(HttpContext context)
    {
        if (!RequestTarget.IsWellFormed(context))
            throw new RequestRefusal(StatusCodes.Status400BadRequest, "Bad Request", "The percent-encoding of the path or the query is not UTF-8.");
        if (drain.IsDraining)
            throw RequestRefusal.Unavailable("The node is going away.");
        if (!lease.IsHeld)
            throw RequestRefusal.Unavailable("The node is cut off from its cluster.");
        if (OriginPolicy.Allows(context.Request, settings.Upgrade))
            return;
        origins.Refuse(context.Request);
        throw new RequestRefusal(StatusCodes.Status403Forbidden, "Forbidden", "The origin of the page may not connect.");
    }

    /// <inheritdoc cref="ConnectionLimits.Take"/>
    public IDisposable Count(HttpContext context) => limits.Take(context);

    /// <summary>
    /// Authenticates the client, binds the opening data, creates the session and asks the permissions of the channel, within
    /// <c>pikku.connection.handshake-timeout</c>.
    /// </summary>
    public async Task<PreparedConnection> PrepareAsync(HttpContext context, ChannelEndpoint channel)
    {
        using var handshake = new HandshakeDeadline(context, settings.Connection.HandshakeTimeout, channel.Clock);
        try
        {
            // Each of these calls runs user code, which may ignore the token. Therefore the wait ends with the token.
            var (principal, end) = await WaitAsync(AuthenticateAsync(context, channel), "The authentication of a request", handshake);
            var opening = channel.Definition.OpeningData is { } type
                ? await WaitAsync(BindAsync(type, context, handshake.Token), "Reading the opening data of a request", handshake)
                : null;
            // A store that ignores the token may continue to run; it does not use the request.
            var session = channel.HasSessions && principal is not null
                ? await WaitAsync(sessions.OpenAsync(principal, handshake.Token, end), "Reading the session of a request", handshake)
                : sessions.OpenWithout(end);
            if (session.IsExpired)
                RefuseExpired(context, session);
            var prepared = new PreparedConnection(
                node.NewChannelId(), principal, session, opening, authenticators.Of(context, channel.Definition.Name), session.Current);
            await DemandPermissionAsync(context, channel, prepared, handshake);
            return prepared;
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            throw RequestRefusal.TookTooLong(context);
        }
        catch (Exception e) when (e is not (RequestRefusal or OperationCanceledException))
        {
            log.UpgradeFailed(channel.Definition.Name, e);
            throw RequestRefusal.Unavailable("The connection could not be prepared.");
        }
    }

    // U1: without a session, the first action asks the permissions of the channel, because an action may begin the session that they need.
    private async Task DemandPermissionAsync(
        HttpContext context, ChannelEndpoint channel, PreparedConnection prepared, HandshakeDeadline handshake)
    {
        if (channel.Definition.Permission is not { } permission || prepared.AskedFor is null)
            return;
        var pending = new PendingChannel(prepared.Id, channel.Definition.Name, prepared.Opening, context.RequestServices, context.RequestAborted);
        var question = new EndpointPermission.Question(
            pending, prepared.Session, channel.Sessions, channel.Hub, context.RequestServices, prepared.User, handshake.Token);
        try
        {
            if (!await WaitAsync(permission.AllowsAsync(question, prepared.Opening), "The permissions of a channel", handshake))
                throw new RequestRefusal(StatusCodes.Status403Forbidden, "Forbidden", "The channel is not open to this user.");
        }
        catch (PikkuException e) when (e.Status is >= 400 and < 500)
        {
            throw new RequestRefusal(e.Status, ReasonPhrases.GetReasonPhrase(e.Status), e.ClientMessage);
        }
    }

    // A client sends a token explicitly, so an invalid token is refused. A cookie is sent automatically, and a page can neither see the status of an upgrade nor
    // always delete the cookie. An invalid cookie is therefore ignored and the client is anonymous, as for the pages of ASP.NET Core (D1).
    private async ValueTask<(ClaimsPrincipal? User, TokenEnd? End)> AuthenticateAsync(HttpContext context, ChannelEndpoint channel)
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
        && (RequestTokens.HasBearer(request) || !scheme.HandlerType.IsAssignableTo(typeof(PolicySchemeHandler)));

    // Logs a configuration mistake that would otherwise look like a client without a token.
    private void WarnOfUnreadToken(HttpContext context, ChannelEndpoint channel, AuthenticationScheme? scheme, bool isUser)
    {
        if (scheme is not null && RequestTokens.HasBearer(context.Request) && (!isUser || TokenAuthenticator.IsCookie(scheme)))
            log.TokenNotRead(channel.Definition.Name, scheme.Name);
    }

    // A session that has already expired would be closed at once, and the client would reconnect in an endless loop.
    private void RefuseExpired(HttpContext context, SessionHolder session)
    {
        if (RequestTokens.HasBearer(context.Request) && settings.Session.OnExpiry == SessionExpiry.Close)
            throw Unauthorized("The session of these credentials is over.");
        session.ClearExpired();
    }

    private static RequestRefusal Unauthorized(string detail) => new(StatusCodes.Status401Unauthorized, "Unauthorized", detail);

    // Awaits code of the application until the deadline.
    private ValueTask<T> WaitAsync<T>(ValueTask<T> work, string what, HandshakeDeadline handshake) =>
        work.IsCompletedSuccessfully ? work : new ValueTask<T>(background.WaitAsync(work.AsTask(), what, handshake.Token));

    private async ValueTask<object?> BindAsync(Type type, HttpContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await openingData.BindAsync(type, PathParameters.Of(context), context.Request.Query, context.RequestServices, cancellationToken);
        }
        catch (UnprocessableContentError e)
        {
            throw new RequestRefusal(
                e.Status, "Unprocessable Content", "The path parameters or the query break the rules of the channel.", e.Details);
        }
    }
}
