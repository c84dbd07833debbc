using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;
using Pikku.Akka;

namespace Snippets;

public static class Security
{
    public static WebApplication Create(string[] args, SecurityKey key, IPAddress addressOfTheProxy)
    {
        var builder = WebApplication.CreateBuilder(args);

        #region authentication
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(bearer =>
        {
            bearer.MapInboundClaims = false;
            bearer.TokenValidationParameters = new TokenValidationParameters
            {
                IssuerSigningKey = key,
                ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
                ValidIssuer = "https://login.example.com",
                ValidAudience = "chat",
            };
        });
        builder.Services.AddPikku(pikku => pikku
            .UseSession(user => new UserSession(user.FindFirstValue("sub")!) { ExpiresAt = user.Expiry() })
            .AddError<TimeoutException>("BusyError", 503, "The database is busy.")
            .WireChannel("account", AccountChannel.Wire));
        #endregion

        #region proxy
        builder.Services.Configure<ForwardedHeadersOptions>(forwarded =>
        {
            forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
            forwarded.KnownProxies.Add(addressOfTheProxy);
        });
        var app = builder.Build();
        app.UseForwardedHeaders(); // first, so that origins, limits and logs use the corrected values
        app.MapPikku();
        #endregion

        return app;
    }

    private static DateTimeOffset? Expiry(this ClaimsPrincipal user) =>
        long.TryParse(user.FindFirstValue("exp"), out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    #region session
    public record UserSession(string UserId) : IPikkuSession
    {
        public DateTimeOffset? ExpiresAt { get; init; }
    }
    #endregion

    private static class AccountChannel
    {
        public static void Wire(ChannelBuilder channel)
        {
            channel.MapAction("who", (UserSession session) => session.UserId);
            channel.MapAction("busy", () => { throw new TimeoutException("SELECT … on db-7 took too long"); });
        }
    }
}
