using Microsoft.AspNetCore.Authentication.JwtBearer;

namespace PikkuApp._1.Security;

/// <summary>
/// Authentication with JWT bearer tokens. The section <c>Authentication:Schemes:Bearer</c> of the configuration names the identity provider. In the environment
/// Development, <see cref="DevelopmentTokens"/> are accepted as well.
/// </summary>
internal static class Tokens
{
    public static void AddTokens(this WebApplicationBuilder builder)
    {
        // The names of claims stay as they are in the token: sub, role, exp.
        builder.Services.AddAuthentication().AddJwtBearer(bearer => bearer.MapInboundClaims = false);
        var options = builder.Services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme);
        if (builder.Environment.IsDevelopment())
            options.PostConfigure(bearer => DevelopmentTokens.Accept(bearer, builder.Configuration));
        else
            options.Validate(NamesIssuerAndAudience, Problem).ValidateOnStart();
    }

    private const string Problem =
        "No identity provider is configured, so nobody could sign in. Set Authentication:Schemes:Bearer:Authority to the address of the provider and " +
        "Authentication:Schemes:Bearer:ValidAudience to the audience of its tokens, or run with ASPNETCORE_ENVIRONMENT=Development.";

    // Without an audience, a token that the provider has issued for another application would be accepted.
    private static bool NamesIssuerAndAudience(JwtBearerOptions bearer)
    {
        var validation = bearer.TokenValidationParameters;
        var hasAudience = bearer.Audience is not null || validation.ValidAudience is not null || validation.ValidAudiences?.Any() == true;
        return hasAudience && (bearer.Authority is not null || bearer.MetadataAddress is not null || validation.IssuerSigningKeys?.Any() == true);
    }
}
