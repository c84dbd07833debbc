using System.Diagnostics;

namespace Pikku.Akka.Benchmarks.Server;

/// <summary>
/// The application under test: the channel <c>/bench</c>, and <c>/topics</c> with topics to which clients subscribe by themselves, written like an application, with
/// production settings. Only limits are raised (<c>pikku.conf</c>), because all clients have one address.
/// </summary>
internal static class BenchServer
{
    /// <summary>The path of the channel with topics.</summary>
    public const string TopicsPath = "/topics";

    /// <summary>Topics without a history.</summary>
    public static readonly Topic<int, string> Open = new("open:{id}");

    /// <summary>Topics with a history.</summary>
    public static readonly Topic<int, string> Kept = new("kept:{id}");

    /// <summary>The option for the part of the traces that is recorded, from 0 to 1. Without it nobody listens to spans.</summary>
    public const string TraceRatio = "trace-ratio";

    private const int History = 100; // events of each topic

    public static WebApplication Create(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args, EnvironmentName = Environments.Production, ContentRootPath = AppContext.BaseDirectory,
        });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        if (builder.Configuration.GetValue<double?>(TraceRatio) is { } ratio)
            builder.Services.AddSingleton(_ => SampledTraces.Listen(ratio)); // disposed of with the host
        builder.Services.AddPikku(pikku => pikku.WireChannel("bench", channel =>
        {
            channel.AllowAnonymous().MapAction("echo", (Echo message) => message);
            channel.MapAction("subscribe", (Subscription wish, PikkuContext context) => context.EventHub.SubscribeAsync(new Topic<string>(wish.Topic)));
            channel.MapAction("publish", Publish);
        }).WireChannel("topics", channel =>
        {
            channel.AllowAnonymous().MapAction("publish", Publish);
            channel.AddTopic(Open).AllowSubscribe();
            channel.AddTopic(Kept).AllowSubscribe().WithHistory(History);
        }));

        var app = builder.Build();
        app.Services.GetService<ActivityListener>();
        app.MapPikku();
        return app;
    }

    private static ValueTask Publish(Publication news, PikkuContext context) => context.EventHub.PublishAsync(new Topic<string>(news.Topic), news.Data);
}
