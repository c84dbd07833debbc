using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Net.Http.Headers;

namespace Pikku.Akka.Host.Security;

/// <summary>Bearer tokens at the upgrade.</summary>
internal static class TokenAuthentication
{
    public static void AddTokens(this WebApplicationBuilder builder)
    {
        // Made here and not when first needed, so that a key that is none stops the start.
        builder.Services.AddSingleton(new Tokens(builder.Configuration, TimeProvider.System));
        // Comes with authentication, for cookies: there are none, so no keys are to be left on the disk.
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
        builder.Services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme).Configure<Tokens>((options, tokens) =>
        {
            options.MapInboundClaims = false;
            options.TokenValidationParameters = tokens.Validation;
            options.Events = new JwtBearerEvents { OnMessageReceived = TakeTokenOfBrowser };
        });
    }

    // The WebSocket of a browser can't set headers; upgrades only, so that no link signs anybody in.
    private static Task TakeTokenOfBrowser(MessageReceivedContext context)
    {
        if (context.Request.Headers.ContainsKey(HeaderNames.Upgrade) && context.Request.Query["access_token"] is [{ Length: > 0 } token])
            context.Token = token;
        return Task.CompletedTask;
    }
}
