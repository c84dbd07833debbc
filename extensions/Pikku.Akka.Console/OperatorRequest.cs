using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Requests;
using Pikku.Akka.Sessions;

namespace Pikku.Akka.OperatorConsole;

/// <summary>
/// A copy of the request that has opened a console, by which the authorization is asked again later. The request itself can't be used for that: it is not thread-safe, and the server reuses
/// it as soon as the connection has ended, which a slow question may not notice. Thread-safe.
/// </summary>
internal sealed class OperatorRequest
{
    private readonly HttpRequestCopy _copy;
    private readonly string? _scheme; // by which the operator has signed in; null when the principal is from elsewhere, such as middleware of the application
    private readonly TokenEnd? _end;

    private OperatorRequest(HttpContext context, string? scheme, TokenEnd? end) => (_copy, User, _scheme, _end) = (new HttpRequestCopy(context), context.User, scheme, end);

    /// <summary>The operator.</summary>
    public ClaimsPrincipal User { get; }

    /// <summary>Copies a request.</summary>
    public static async Task<OperatorRequest> CopyAsync(HttpContext context, TokenLifetime lifetime)
    {
        var result = context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult;
        return new OperatorRequest(context, result?.Ticket?.AuthenticationScheme, await lifetime.OfAsync(context.User, result));
    }

    /// <summary>True when the sign-in has expired.</summary>
    public bool HasExpired(DateTimeOffset now) => _end is { } end && now - end.At >= end.Skew;

    /// <summary>
    /// Asks whether the request would be authorized now, as the middleware of ASP.NET Core does. The operator is authenticated again: this runs the code by which an application ends a
    /// cookie or changes its claims (<c>OnValidatePrincipal</c>, the security stamp of ASP.NET Core Identity, a ticket store), and the cookie is not renewed.
    /// </summary>
    /// <param name="services">The services of this question.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Canceled when nobody waits for the answer any more.</param>
    public async Task<AccessAnswer> AskAsync(IServiceProvider services, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var metadata = _copy.Endpoint?.Metadata;
        if (metadata is null || metadata.GetMetadata<IAllowAnonymous>() is not null || services.GetService<IAuthorizationPolicyProvider>() is not { } policies)
            return AccessAnswer.Allowed;
        var policy = await AuthorizationPolicy.CombineAsync(policies, metadata.GetOrderedMetadata<IAuthorizeData>(), metadata.GetOrderedMetadata<AuthorizationPolicy>());
        if (policy is null)
            return AccessAnswer.Allowed; // in Development, where ConsoleGuard has decided
        if (HasExpired(now))
            return AccessAnswer.SignInEnded;

        var context = _copy.Create(services, cancellationToken);
        context.User = User;
        var evaluator = services.GetRequiredService<IPolicyEvaluator>();
        AuthenticateResult result;
        if (!await CanAuthenticateAsync(policy, services))
            result = AuthenticateResult.Success(new AuthenticationTicket(User, _scheme ?? ""));
        else
        {
            if (policy.AuthenticationSchemes.Count == 0)
                context.User = (await context.AuthenticateAsync(_scheme)).Principal ?? new ClaimsPrincipal(new ClaimsIdentity());
            result = await evaluator.AuthenticateAsync(policy, context);
        }

        var decision = await evaluator.AuthorizeAsync(policy, result, context, context);
        return decision.Succeeded ? AccessAnswer.Allowed : decision.Challenged && User.Identity is { IsAuthenticated: true } ? AccessAnswer.SignInEnded : AccessAnswer.Denied;
    }

    // A scheme whose handler takes part in requests, such as Negotiate, knows the user from a handshake over the connection of the request. It can't be asked about a copy.
    private async ValueTask<bool> CanAuthenticateAsync(AuthorizationPolicy policy, IServiceProvider services)
    {
        string[] names = policy.AuthenticationSchemes.Count > 0 ? [.. policy.AuthenticationSchemes] : _scheme is { } own ? [own] : [];
        if (names.Length == 0 || services.GetService<IAuthenticationSchemeProvider>() is not { } schemes)
            return false;
        foreach (var name in names)
            if (await schemes.GetSchemeAsync(name) is not { } scheme || scheme.HandlerType.IsAssignableTo(typeof(IAuthenticationRequestHandler)))
                return false;
        return true;
    }
}
