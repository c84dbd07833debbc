using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Pikku.Akka.Tests.Support;

namespace Pikku.Akka.Tests.Cli;

/// <summary>An application that has at least one of everything that can be listed.</summary>
internal static class SmallApp
{
    private static readonly PikkuMiddleware s_timing = PikkuMiddleware.Of((_, _, next) => next(), MiddlewarePriority.Highest, "timing");

    private static readonly PikkuPermission s_owner = PikkuPermission.For<Note>((note, context) => note.Text == context.Session?.UserId, "owner");

    public static void Wire(PikkuBuilder pikku) => pikku
        .AddMiddleware(s_timing)
        .AddMiddleware("audited", PikkuMiddleware.Of<Audit>())
        .AddChannelMiddleware("public", Redact)
        .RequirePermission(PikkuPermission.Auth<TestSession>(session => session.UserId != "banned", "notBanned"))
        .WireChannel("notes", channel => channel
            .Route("/notes/{name}")
            .OpeningData<Board>()
            .OnConnect((Board board) => board.Name)
            .OnMessage("action", on => on
                .On<CreateNote>("create")
                .On("erase", FunctionDescriptor.FromDelegate("eraseNote", (Note note) => note) with { Tags = ["audited", "admin"] }, permissions: PikkuPermissions.AnyOf(("mine", [s_owner]), ("any", [Permit("admin"), Permit("calm")]))))
            .WithTopic<string, Note>("notes:{board}")
            .AddClientMessage<Board>()
            .AddClientFunction(new ClientFunction<NoData, bool>("confirm")))
        .WireChannel("feed", channel => channel
            .AllowAnonymous()
            .WithTags("public")
            .OnMessage((string text) => text)
            .OnMessage("action", on => on.On<CreateNote>("create", middleware: [s_timing, Quota()]))
            .WithTopic<string, Note>("notes:{board}"));

    /// <summary>Builds the application as usual, but with a free port.</summary>
    public static WebApplication Build(Action<PikkuBuilder>? wire = null, Action<IServiceCollection>? services = null, params (string Key, string Value)[] variables)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = Repository.Root });
        builder.Configuration.AddInMemoryCollection(variables.ToDictionary(v => v.Key, v => (string?)v.Value));
        builder.Logging.ClearProviders();
        builder.Services.AddPikku(wire ?? Wire);
        services?.Invoke(builder.Services);
        var app = builder.Build();
        app.MapPikku();
        return app;
    }

    private static PikkuMiddleware Quota()
    {
        return PikkuMiddleware.Of(Count, MiddlewarePriority.Low);

        static ValueTask Count(IServiceProvider services, PikkuContext context, PikkuNext next) => next();
    }

    private static PikkuPermission Permit(string name) => PikkuPermission.Auth<TestSession>(session => session.UserId == name, name);

    private static ValueTask Redact(IServiceProvider services, OutboundMessage e, OutboundNext next) => next(e);
}
