using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Sessions;

namespace Pikku.Akka.Requests;

/// <summary>The <see cref="TokenAuthenticator"/> of each endpoint, which all of its connections share.</summary>
internal sealed class TokenAuthenticators(
    SessionOpener sessions, TokenLifetime tokens, TimeProvider clock, PikkuLog log, IAuthenticationSchemeProvider? schemes = null)
{
    // Weak, because the routing of ASP.NET Core may replace its endpoints while the application runs.
    private readonly ConditionalWeakTable<Endpoint, TokenAuthenticator> _ofEndpoint = [];

    /// <summary>The authenticator for connections that a request opens.</summary>
    public TokenAuthenticator Of(HttpContext context, string channel) => context.GetEndpoint() is { } endpoint
        ? _ofEndpoint.GetValue(endpoint, known => New(known, channel))
        : New(null, channel);

    private TokenAuthenticator New(Endpoint? endpoint, string channel) => new(endpoint, channel, sessions, tokens, clock, log, schemes);
}
