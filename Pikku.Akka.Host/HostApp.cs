using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Pikku.Akka.Host.Chat;
using Pikku.Akka.Host.Data;
using Pikku.Akka.Host.Demo;
using Pikku.Akka.Host.Security;
using Pikku.Akka.Host.Todos;

namespace Pikku.Akka.Host;

/// <summary>The node: a page, two channels, a demo sign-in and health checks.</summary>
public static class HostApp
{
    /// <summary>Builds the application without starting it.</summary>
    /// <param name="args">The command line, such as <c>--urls http://localhost:5080</c>.</param>
    public static WebApplication Create(string[] args)
    {
        // wwwroot is next to the program, so that the page is found from any working directory.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });

        builder.UseDefaultUrl();
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);

        builder.AddTelemetry();
        builder.Services.AddHealthChecks();
        builder.Services.AddSystemd();
        builder.AddTokens();
        builder.AddTrustedProxies();
        builder.AddApi();
        builder.AddDemo();
        builder.AddData();
        builder.Services.AddSingleton<ChatStore>();
        builder.Services.AddSingleton<TodoStore>();
        var pikku = builder.Services.AddPikku();
        // In a pod without seeds the nodes find each other through the API of Kubernetes.
        if (builder.Configuration["KUBERNETES_SERVICE_HOST"] is not null && builder.Configuration["PIKKU_CLUSTER_SEEDS"] is null)
            pikku.UseKubernetes();
        pikku
            .UseSession(UserSession.From)
            .WireChannel(ChatChannel.Name, ChatChannel.Wire)
            .WireChannel(TodosChannel.Name, TodosChannel.Wire);

        var app = builder.Build();

        app.UseForwardedHeaders(); // first, so that everything after it sees the client and not the proxy
        app.UseSecurityHeaders();
        app.UsePage();
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains("ready") });
        app.MapPikkuCluster();
        app.MapPikkuAsyncApi();
        app.MapApi();
        app.MapDemo();
        app.MapPikku();
        app.AnnounceOnceStarted((ChatChannel.Name, ChatChannel.Route), (TodosChannel.Name, TodosChannel.Route));
        return app;
    }
}
