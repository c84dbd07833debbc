using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Pikku.Akka.Host.Security;

/// <summary>Signs and validates JSON web tokens (RFC 7519) with the key of the node. Thread-safe.</summary>
internal sealed class Tokens
{
    // RFC 7518 §3.2: a key of HS256 must have at least the size of its hash.
    private const int MinimumKeyBytes = 32;

    /// <summary>The claim that names a role.</summary>
    public const string RoleClaim = "role";

    /// <summary>The role of those who may use the HTTP API.</summary>
    public const string Operator = "operator";

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };
    private readonly TimeProvider _clock;
    private readonly SymmetricSecurityKey _key;

    /// <param name="configuration"><c>Jwt:Key</c> is the key that several nodes share; without it, a random key is generated.</param>
    /// <param name="clock">The clock for the lifetime of tokens.</param>
    /// <exception cref="InvalidOperationException">The key is too short.</exception>
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
                $"Jwt:Key has {_key.KeySize / 8} bytes, but at least {MinimumKeyBytes} are required (RFC 7518 §3.2). Remove it to use a random key.");

        Validation = new TokenValidationParameters
        {
            IssuerSigningKey = _key,
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            // Every holder of the key is a valid issuer: this node and the nodes that share the key.
            ValidateIssuer = false,
            ValidateAudience = false,
            NameClaimType = JwtRegisteredClaimNames.Sub,
            LifetimeValidator = IsAlive,
        };
    }

    /// <summary>The parameters for validating tokens, both of upgrades and of messages.</summary>
    public TokenValidationParameters Validation { get; }

    /// <summary>Issues a token.</summary>
    /// <param name="user">The user.</param>
    /// <param name="life">The lifetime of the token.</param>
    /// <param name="isOperator">True for a user who may use the HTTP API.</param>
    public string Issue(string user, TimeSpan life, bool isOperator = false)
    {
        var now = _clock.GetUtcNow().UtcDateTime;
        return _handler.CreateToken(new SecurityTokenDescriptor
        {
            Subject = new ClaimsIdentity([new Claim(JwtRegisteredClaimNames.Sub, user), .. isOperator ? (Claim[])[new Claim(RoleClaim, Operator)] : []]),
            IssuedAt = now,
            NotBefore = now,
            Expires = now + life,
            SigningCredentials = new SigningCredentials(_key, SecurityAlgorithms.HmacSha256),
        });
    }

    /// <summary>Returns the session of a token; null if the token is invalid, expired or has no subject.</summary>
    public async Task<UserSession?> SessionOf(string token)
    {
        var result = await _handler.ValidateTokenAsync(token, Validation);
        return result.IsValid ? UserSession.From(new ClaimsPrincipal(result.ClaimsIdentity)) : null;
    }

    private bool IsAlive(DateTime? notBefore, DateTime? expires, SecurityToken token, TokenValidationParameters validation)
    {
        var now = _clock.GetUtcNow().UtcDateTime;
        // The clock skew applies only to the begin of the lifetime, because a session must end exactly when its token expires.
        return expires > now && (notBefore ?? now) <= now + validation.ClockSkew;
    }
}
