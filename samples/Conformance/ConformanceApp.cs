using Conformance.Boards;
using Conformance.Channels;
using Conformance.Chat;
using Conformance.Todos;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Pikku.Akka;

namespace Conformance;

/// <summary>An application that covers every rule of the wire format; each channel has its own file.</summary>
public static class ConformanceApp
{
    /// <summary>Builds the application without starting it.</summary>
    /// <param name="args">The command line, such as <c>--urls http://127.0.0.1:4002</c>.</param>
    public static WebApplication Create(string[] args)
    {
        // Always production, because errors show more detail to clients in development.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, EnvironmentName = Environments.Production });

        builder.Services.AddSingleton<TodoStore>().AddSingleton<ChatStore>().AddSingleton<TokenReader>().AddSingleton<BoardMembers>().AddSingleton(TimeProvider.System);
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(TokenReader.Configure);
        builder.Services.AddPikku(Configure);

        var app = builder.Build();
        app.MapPikku();
        app.MapPikkuCluster();
        app.MapHealthChecks("/health/ready"); // for the proxies of the tests
        app.MapPikkuAsyncApi();
        return app;
    }

    private static void Configure(PikkuBuilder pikku) => pikku
        // Scenarios send without delays, all from one address.
        .AddHocon("pikku.limits { messages-per-second = 100000, message-burst = 200000, connections-per-address = 10000 }")
        .UseSession(ConformanceSession.FromPrincipal)
        .AddScopes("admin", "admin:invoices", "admin:invoices:create")
        .AddError<CustomException>("CustomError", 418, "registered custom message")
        .RequirePermission(Permissions.NotDeniedGlobally)
        .UseMiddleware(CallOrder.Trace("global"))
        .AddMiddleware("chan-tag", CallOrder.Trace("chanTag"))
        .AddMiddleware("fn-tag", CallOrder.Trace("fnTag"))
        .WireTodosLive()
        .WireChat()
        .WireLab()
        .WireText()
        .WireSecure()
        .WireMw()
        .WireTypes()
        .WireHub()
        .WireCallback()
        .WireConnect()
        .WireRooms()
        .WireBinary()
        .WireRpc()
        .WireBoards()
        .WireBoardsStreams()
        .WireLive()
        .WireFeed();
}
