using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Pikku.Akka.Tests.Support;

namespace Pikku.Akka.Tests.Cli;

/// <summary>An application that has at least one of everything that can be listed.</summary>
internal static class SmallApp
{
    private static readonly PikkuPermission s_owner = PikkuPermission.Of("owner", (Note note, PikkuContext context) => note.Text == context.Session?.UserId);

    public static void Wire(PikkuBuilder pikku) => pikku
        .UseMiddleware(Timing, MiddlewarePriority.Highest)
        .AddMiddleware<Audit>("audited")
        .AddChannelMiddleware("public", Redact)
        .RequirePermission(PikkuPermission.Of("notBanned", (TestSession session) => session.UserId != "banned"))
        .WireChannel("notes", channel =>
        {
            channel.Route<Board>("/notes/{name}").OnConnect((Board board) => board.Name);
            channel.MapAction<CreateNote>("create");
            channel.MapAction("erase", [PikkuFunction(Name = "eraseNote", Tags = ["audited", "admin"])] (Note note, IPikkuSession _) => note)
                .RequirePermission(PikkuPermission.Any(s_owner, PikkuPermission.All(Permit("admin"), Permit("calm"))));
            channel.WithTopic<string, Note>("notes:{board}").AddClientMessage<Board>().AddClientFunction(new ClientFunction<NoData, bool>("confirm"));
        })
        .WireChannel("feed", channel =>
        {
            channel.AllowAnonymous().WithTags("public").OnMessage((string text) => text);
            channel.MapAction<CreateNote>("create").UseMiddleware(Timing, MiddlewarePriority.Highest).UseMiddleware(Count, MiddlewarePriority.Low);
            channel.WithTopic<string, Note>("notes:{board}");
            channel.RequirePermission(Permit("reader"));
            channel.AddTopic(new Topic<string, Note>("feed:{board}")).AllowSubscribe().RequireSession()
                .RequirePermission(PikkuPermission.Of("boardMember", (string board) => board == "open")).UseMiddleware(Count, MiddlewarePriority.Low);
        });

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

    private static ValueTask Timing(PikkuContext context, PikkuNext next) => next();

    private static ValueTask Count(PikkuContext context, PikkuNext next) => next();

    private static PikkuPermission Permit(string name) => PikkuPermission.Of(name, (TestSession session) => session.UserId == name);

    private static ValueTask Redact(IServiceProvider services, OutboundMessage e, OutboundNext next) => next(e);
}
