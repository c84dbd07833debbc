using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Sessions;

namespace Pikku.Akka.Requests;

/// <summary>
/// Judges the tokens that clients of one endpoint send after the upgrade. The request of the upgrade is not available any more, so each token is judged by a new
/// request that has only the token: by the default scheme, and by the policies of the endpoint (<c>RequireAuthorization</c>), because a client that the upgrade would
/// refuse now must not stay. A policy that reads other parts of the request refuses the token.
/// </summary>
/// <param name="endpoint">The endpoint of the upgrade.</param>
/// <param name="channel">The name of the channel, for logs.</param>
/// <param name="sessions">Creates the session.</param>
/// <param name="tokens">Determines the end of a token.</param>
/// <param name="clock">Decides when a session has expired.</param>
/// <param name="log">The log.</param>
/// <param name="schemes">The schemes of the application; null when it has no authentication.</param>
internal sealed class TokenAuthenticator(
    Endpoint? endpoint, string channel, SessionOpener sessions, TokenLifetime tokens, TimeProvider clock, PikkuLog log, IAuthenticationSchemeProvider? schemes)
    : ITokenAuthenticator
{
    public async ValueTask<AcceptedToken> AuthenticateAsync(string token, IServiceProvider services, CancellationToken cancellationToken)
    {
        var request = NewRequest(token, services, cancellationToken);
        var scheme = schemes is null ? null : await schemes.GetDefaultAuthenticateSchemeAsync();
        var result = scheme is null || IsCookie(scheme) ? AuthenticateResult.NoResult() : await request.AuthenticateAsync(scheme.Name);
        // Only the type: the text of the failure may contain the token.
        if (result.Failure is { } failure)
            throw new UnauthorizedError($"The scheme {scheme!.Name} did not accept the token ({failure.GetType().Name}).");
        if (result.Principal is { } found)
            request.User = found;
        result = await AuthorizeAsync(request, services) ?? result;

        if (request.User is not { Identity.IsAuthenticated: true } user)
        {
            log.TokenNotRead(channel, scheme?.Name ?? "none");
            throw new UnauthorizedError(
                $"No authentication scheme read the token; the default scheme is {scheme?.Name ?? "none"}. Make a scheme that reads bearer tokens the default, or select one with a policy scheme.");
        }

        return await OpenAsync(user, await tokens.OfAsync(user, result), cancellationToken);
    }

    /// <summary>True for a scheme that reads cookies, and no header.</summary>
    public static bool IsCookie(AuthenticationScheme scheme) => scheme.HandlerType.IsAssignableTo(typeof(CookieAuthenticationHandler));

    private async ValueTask<AcceptedToken> OpenAsync(ClaimsPrincipal user, TokenEnd? end, CancellationToken cancellationToken)
    {
        if (await sessions.CreateAsync(user, cancellationToken) is not { } session)
            throw new UnauthorizedError("The application creates no session for the user of the token (UseSession).");
        // A session that has already expired would end the connection at once.
        return SessionHolder.HasExpired(session, end, clock.GetUtcNow())
            ? throw new UnauthorizedError("The session of the token is over.")
            : new AcceptedToken(user, session, end);
    }

    private DefaultHttpContext NewRequest(string token, IServiceProvider services, CancellationToken cancellationToken)
    {
        var context = new DefaultHttpContext { RequestServices = services, RequestAborted = cancellationToken };
        context.Request.Method = HttpMethods.Get;
        RequestTokens.SetBearer(context.Request, token);
        context.SetEndpoint(endpoint);
        return context;
    }

    // As the authorization middleware of ASP.NET Core does for the upgrade. Returns the result of the schemes that the policy names; null when it names none.
    private async ValueTask<AuthenticateResult?> AuthorizeAsync(HttpContext request, IServiceProvider services)
    {
        if (endpoint is null || endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null || services.GetService<IAuthorizationPolicyProvider>() is not { } policies)
            return null;
        var policy = await AuthorizationPolicy.CombineAsync(
            policies, endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>(), endpoint.Metadata.GetOrderedMetadata<AuthorizationPolicy>());
        if (policy is null)
            return null;
        var evaluator = services.GetRequiredService<IPolicyEvaluator>();
        var result = await evaluator.AuthenticateAsync(policy, request);
        var decision = await evaluator.AuthorizeAsync(policy, result, request, request);
        if (decision.Challenged)
            throw new UnauthorizedError("The policies of the endpoint did not accept the token.");
        if (!decision.Succeeded)
            throw new ForbiddenError("The policies of the endpoint refuse the user of the token.");
        return policy.AuthenticationSchemes.Count > 0 ? result : null;
    }
}
