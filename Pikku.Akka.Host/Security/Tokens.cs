using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Pikku.Akka.Host.Security;

/// <summary>Signs and checks JSON web tokens (RFC 7519) with the key of the node. Any thread may use it.</summary>
internal sealed class Tokens
{
    // RFC 7518 §3.2: a key of HS256 must have at least the size of its hash.
    private const int MinimumKeyBytes = 32;

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };
    private readonly TimeProvider _clock;
    private readonly SymmetricSecurityKey _key;

    /// <param name="configuration"><c>Jwt:Key</c> is the key that several nodes share; without it one is made at random.</param>
    /// <param name="clock">Tells when a token begins and ends.</param>
    /// <exception cref="InvalidOperationException">The key is too short to be one.</exception>
    public Tokens(IConfiguration configuration, TimeProvider clock)
    {
        _clock = clock;
        _key = new SymmetricSecurityKey(configuration["Jwt:Key"] switch
        {
            null or "" => RandomNumberGenerator.GetBytes(MinimumKeyBytes),
            var text => Encoding.UTF8.GetBytes(text),
        });
        if (_key.KeySize < MinimumKeyBytes * 8)
            throw new InvalidOperationException(
                $"Jwt:Key has {_key.KeySize / 8} bytes; at least {MinimumKeyBytes} are needed (RFC 7518 §3.2). Leave it out for a random one.");

        Validation = new TokenValidationParameters
        {
            IssuerSigningKey = _key,
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            // Whoever has the key is the issuer: the node itself, or nodes that share it.
            ValidateIssuer = false,
            ValidateAudience = false,
            NameClaimType = JwtRegisteredClaimNames.Sub,
            LifetimeValidator = IsAlive,
        };
    }

    /// <summary>How a token is checked, at the upgrade and in a message alike.</summary>
    public TokenValidationParameters Validation { get; }

    public string Issue(string user, TimeSpan life)
    {
        var now = _clock.GetUtcNow().UtcDateTime;
        return _handler.CreateToken(new SecurityTokenDescriptor
        {
            Subject = new ClaimsIdentity([new Claim(JwtRegisteredClaimNames.Sub, user)]),
            IssuedAt = now,
            NotBefore = now,
            Expires = now + life,
            SigningCredentials = new SigningCredentials(_key, SecurityAlgorithms.HmacSha256),
        });
    }

    /// <summary>The session that a token gives; null when it is forged, too old, or names nobody.</summary>
    public async Task<UserSession?> SessionOf(string token)
    {
        var result = await _handler.ValidateTokenAsync(token, Validation);
        return result.IsValid ? UserSession.From(new ClaimsPrincipal(result.ClaimsIdentity)) : null;
    }

    private bool IsAlive(DateTime? notBefore, DateTime? expires, SecurityToken token, TokenValidationParameters validation)
    {
        var now = _clock.GetUtcNow().UtcDateTime;
        // Only the beginning gets the skew of other nodes' clocks: a session ends when its token says so.
        return expires > now && (notBefore ?? now) <= now + validation.ClockSkew;
    }
}
