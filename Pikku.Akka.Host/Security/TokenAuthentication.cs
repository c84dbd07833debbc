using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Net.Http.Headers;

namespace Pikku.Akka.Host.Security;

/// <summary>Authenticates upgrades with bearer tokens.</summary>
internal static class TokenAuthentication
{
    public static void AddTokens(this WebApplicationBuilder builder)
    {
        // Created here instead of on first use, so that an invalid key stops the start.
        builder.Services.AddSingleton(new Tokens(builder.Configuration, TimeProvider.System));
        // Authentication adds data protection for cookies. There are no cookies, so no keys are written to the disk.
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
        builder.Services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme).Configure<Tokens>((options, tokens) =>
        {
            options.MapInboundClaims = false;
            options.TokenValidationParameters = tokens.Validation;
            options.Events = new JwtBearerEvents { OnMessageReceived = ReadTokenOfBrowser };
        });
    }

    // A browser cannot set headers of a WebSocket. Only upgrades may carry the token in the query, so that a link cannot sign a user in.
    private static Task ReadTokenOfBrowser(MessageReceivedContext context)
    {
        if (context.Request.Headers.ContainsKey(HeaderNames.Upgrade) && context.Request.Query["access_token"] is [{ Length: > 0 } token])
            context.Token = token;
        return Task.CompletedTask;
    }
}
