using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Pikku.Akka.Host.Chat;
using Pikku.Akka.Host.Demo;
using Pikku.Akka.Host.Security;
using Pikku.Akka.Host.Todos;

namespace Pikku.Akka.Host;

/// <summary>The node: a page, two channels, a sign-in for demonstrations and the health of it all.</summary>
public static class HostApp
{
    /// <summary>Puts the node together; nothing runs before it is started.</summary>
    /// <param name="args">The command line, such as <c>--urls http://localhost:5080</c>.</param>
    public static WebApplication Create(string[] args)
    {
        // The page lies beside the program, so that it is found from whatever folder the program is started.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });

        builder.UseDefaultUrl();
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);

        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddHealthChecks();
        builder.AddTokens();
        builder.AddDemo();
        builder.Services.AddSingleton<ChatStore>();
        builder.Services.AddSingleton<TodoStore>();
        builder.Services.AddPikku(pikku => pikku
            .UseSession(UserSession.From)
            .WireChannel(ChatChannel.Name, ChatChannel.Wire)
            .WireChannel(TodosChannel.Name, TodosChannel.Wire));

        var app = builder.Build();

        app.UseSecurityHeaders();
        app.UsePage();
        app.UseRouting();
        app.UseAuthentication();
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains("ready") });
        app.MapPikkuCluster();
        app.MapPikkuAsyncApi();
        app.MapDemo();
        app.MapPikku();
        app.AnnounceOnceStarted((ChatChannel.Name, ChatChannel.Route), (TodosChannel.Name, TodosChannel.Route));
        return app;
    }
}
