using System.Text;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Conformance;

/// <summary>Reads bearer tokens, whether they come with the upgrade or within a message.</summary>
public sealed class TokenReader
{
    // A key in the source is right for tests alone, where clients must make tokens too.
    private const string Key = "pikku-conformance-key-0123456789abcdef";

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };

    /// <summary>What makes a token valid: HS256 with the shared key, and its lifetime.</summary>
    private static TokenValidationParameters Parameters { get; } = new()
    {
        IssuerSigningKey = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(Key)),
        ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
        ValidateIssuer = false,
        ValidateAudience = false,
    };

    /// <summary>The same rules for ASP.NET Core's authentication.</summary>
    public static void Configure(JwtBearerOptions options)
    {
        options.MapInboundClaims = false;
        options.TokenValidationParameters = Parameters;
    }

    /// <summary>The user whom a token names; null when it is not valid.</summary>
    public async Task<string?> ReadUserAsync(string token) =>
        await _handler.ValidateTokenAsync(token, Parameters) is { IsValid: true } result
            ? result.ClaimsIdentity.FindFirst("sub")?.Value
            : null;
}
