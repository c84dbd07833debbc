using System.Globalization;
using Pikku.Akka.Benchmarks.Peers.Pipe;
using Pikku.Akka.Benchmarks.Peers.Raw;
using Pikku.Akka.Benchmarks.Peers.SignalR;

if (args is not [var peer, var text] || !int.TryParse(text, CultureInfo.InvariantCulture, out var port))
{
    Console.Error.WriteLine("usage: Pikku.Akka.Benchmarks.Peers raw|signalr|pipe PORT");
    return 2;
}

var builder = WebApplication.CreateBuilder(new WebApplicationOptions
{
    EnvironmentName = Environments.Production, ContentRootPath = AppContext.BaseDirectory,
});
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(port));
if (peer == "signalr")
    builder.Services.AddSignalR();

var app = builder.Build();
switch (peer)
{
    case "signalr":
        app.MapHub<BenchHub>("/hub");
        break;
    case "raw":
        app.UseWebSockets();
        app.Map("/echo", RawServer.Echo);
        app.Map("/pubsub", RawServer.PubSub);
        break;
    case "pipe":
        app.Map("/echo", PipeServer.Echo);
        app.Map("/pubsub", PipeServer.PubSub);
        break;
    default:
        Console.Error.WriteLine($"there is no peer named {peer}");
        return 2;
}

await app.RunAsync();
return 0;
