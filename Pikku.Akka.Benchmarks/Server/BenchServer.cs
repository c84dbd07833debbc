namespace Pikku.Akka.Benchmarks.Server;

/// <summary>
/// The application under test: the channel <c>/bench</c>, written like an application, with production settings. Only limits are raised
/// (<c>pikku.conf</c>), because all clients have one address.
/// </summary>
internal static class BenchServer
{
    public static WebApplication Create(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args, EnvironmentName = Environments.Production, ContentRootPath = AppContext.BaseDirectory,
        });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddPikku(pikku => pikku.WireChannel("bench", channel =>
        {
            channel.AllowAnonymous().MapAction("echo", (Echo message) => message);
            channel.MapAction("subscribe", (Subscription wish, PikkuContext context) => context.EventHub.SubscribeAsync(new Topic<string>(wish.Topic)));
            channel.MapAction("publish", (Publication news, PikkuContext context) => context.EventHub.PublishAsync(new Topic<string>(news.Topic), news.Data));
        }));

        var app = builder.Build();
        app.MapPikku();
        return app;
    }
}
