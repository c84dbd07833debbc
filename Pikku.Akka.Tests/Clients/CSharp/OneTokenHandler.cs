using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Pikku.Akka.Tests.Clients.CSharp;

/// <summary>Accepts one token, which contains characters that a subprotocol cannot contain.</summary>
internal sealed class OneTokenHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Request.Headers.Authorization.ToString() switch
    {
        "" => AuthenticateResult.NoResult(),
        "Bearer good token ✓" => AuthenticateResult.Success(new AuthenticationTicket(
            new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, "alice")], Scheme.Name)), Scheme.Name)),
        _ => AuthenticateResult.Fail("not the token"),
    });
}
