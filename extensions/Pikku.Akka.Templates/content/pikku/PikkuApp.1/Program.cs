using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Pikku.Akka;
using PikkuApp._1.Chat;
using PikkuApp._1.Security;

var builder = WebApplication.CreateBuilder(args);
builder.AddTokens();
builder.Services.AddHealthChecks();
builder.Services.AddPikku(pikku => pikku
    .UseSession(UserSession.From)
    .WireChannel("chat", ChatChannel.Wire));

var app = builder.Build();
app.UseDefaultFiles();
app.UseStaticFiles();
app.UseAuthentication();
app.MapDevelopmentTokens();
app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
app.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains("ready") });
//#if (cluster)
app.MapPikkuCluster();
//#endif
app.MapPikku();
return await app.RunPikkuAsync(args);
