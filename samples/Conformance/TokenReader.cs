using System.Text;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Conformance;

/// <summary>Reads bearer tokens from the upgrade and from messages.</summary>
public sealed class TokenReader
{
    // A key in source code is acceptable only here: the clients of the tests create tokens with it.
    private const string Key = "pikku-conformance-key-0123456789abcdef";

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };

    /// <summary>A token is valid if it is signed with HS256 and the shared key and has not expired.</summary>
    private static TokenValidationParameters Parameters { get; } = new()
    {
        IssuerSigningKey = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(Key)),
        ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
        ValidateIssuer = false,
        ValidateAudience = false,
    };

    /// <summary>Configures the authentication of ASP.NET Core with the same rules.</summary>
    public static void Configure(JwtBearerOptions options)
    {
        options.MapInboundClaims = false;
        options.TokenValidationParameters = Parameters;
    }

    /// <summary>Returns the user of a token; null if the token is not valid.</summary>
    public async Task<string?> ReadUserAsync(string token) =>
        await _handler.ValidateTokenAsync(token, Parameters) is { IsValid: true } result
            ? result.ClaimsIdentity.FindFirst("sub")?.Value
            : null;
}
