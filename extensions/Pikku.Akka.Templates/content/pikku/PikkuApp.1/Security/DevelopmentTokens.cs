using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace PikkuApp._1.Security;

/// <summary>
/// Tokens that everybody gets without a password, for development. In every other environment the endpoint does not exist and its tokens are refused.
/// Delete this file when your identity provider issues tokens for development too.
/// </summary>
internal static class DevelopmentTokens
{
    private const string Issuer = "PikkuApp.1-development";

    private static readonly TimeSpan s_lifetime = TimeSpan.FromMinutes(15);

    /// <summary>Accepts the tokens in addition to those of the configuration, such as those of <c>dotnet user-jwts</c>.</summary>
    public static void Accept(JwtBearerOptions bearer, IConfiguration configuration)
    {
        var validation = bearer.TokenValidationParameters;
        validation.ValidIssuers = [.. validation.ValidIssuers ?? [], Issuer];
        validation.ValidAudiences = [.. validation.ValidAudiences ?? [], Issuer];
        validation.IssuerSigningKeys = [.. validation.IssuerSigningKeys ?? [], Key(configuration)];
        validation.ValidateIssuer = validation.ValidateAudience = true;
    }

    /// <summary><c>POST /development/token {"user":"ann","roles":["staff"]}</c> returns a token.</summary>
    public static void MapDevelopmentTokens(this WebApplication app)
    {
        if (!app.Environment.IsDevelopment())
            return;
        app.MapPost("/development/token", IResult (TokenRequest request, TimeProvider clock) => request.User is { Length: > 0 and <= 50 } user
            ? Results.Ok(new TokenReply(Issue(user, request.Roles ?? [], clock.GetUtcNow(), app.Configuration)))
            : Results.Problem("The name of the user must have 1 to 50 characters.", statusCode: StatusCodes.Status422UnprocessableEntity));
    }

    private static string Issue(string user, IEnumerable<string> roles, DateTimeOffset now, IConfiguration configuration) => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Issuer = Issuer,
        Audience = Issuer,
        Subject = new ClaimsIdentity([new Claim("sub", user), .. roles.Select(role => new Claim("role", role))]),
        NotBefore = now.UtcDateTime,
        Expires = (now + s_lifetime).UtcDateTime,
        SigningCredentials = new SigningCredentials(Key(configuration), SecurityAlgorithms.HmacSha256),
    });

    // In appsettings.Development.json, so that tokens survive a restart and several nodes accept them.
    private static SymmetricSecurityKey Key(IConfiguration configuration) => new(Encoding.UTF8.GetBytes(configuration["DevelopmentTokens:Key"]
        ?? throw new InvalidOperationException("DevelopmentTokens:Key is missing. Set it to a random text of at least 32 bytes in appsettings.Development.json.")));

    internal record TokenRequest(string? User, string[]? Roles);

    internal record TokenReply(string Token);
}
