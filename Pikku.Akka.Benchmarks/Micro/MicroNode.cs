using Akka.Actor;
using Pikku.Akka.Benchmarks.Server;
using Pikku.Akka.Channels;
using Pikku.Akka.Connections;
using Pikku.Akka.Dispatch;
using Pikku.Akka.Hosting;
using Pikku.Akka.Sessions;

namespace Pikku.Akka.Benchmarks.Micro;

/// <summary>A complete node without a server. Connections are opened directly, and their output goes to a <see
/// cref="MicroClient"/>.</summary>
internal sealed class MicroNode : IDisposable
{
    private readonly IHost _host;

    private MicroNode(IHost host) => _host = host;

    public ChannelEndpoint Endpoint => _host.Services.GetRequiredService<PikkuApp>().Channels[0];

    public ActorSystem System => _host.Services.GetRequiredService<ActorSystem>();

    /// <summary>Starts a node with one channel that echoes.</summary>
    /// <param name="middleware">The number of middleware around the function; each only calls the next.</param>
    public static MicroNode Start(int middleware = 0)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddLogging();
        builder.Services.AddMetrics();
        builder.Services.AddPikku(pikku =>
        {
            pikku.AddHocon("pikku.limits { messages-per-second = 1000000, message-burst = 1000000 }");
            pikku.WireChannel("micro", channel => channel.AllowAnonymous()
                .UseMiddleware([.. Enumerable.Repeat<PikkuMiddlewareDelegate>((_, _, next) => next(), middleware).Select(each => (PikkuMiddleware)each)])
                .MapAction("echo", (Echo message) => message));
        });
        var node = new MicroNode(builder.Build());
        node._host.Start();
        return node;
    }

    /// <summary>Opens a connection whose client receives its output immediately.</summary>
    public MicroClient Connect(string id)
    {
        var client = new MicroClient(transport => NewConnection(id, transport));
        var opened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var parent = _host.Services.GetRequiredService<ConnectionDirectory>().Parent.GetAwaiter().GetResult();
        parent.Tell(new ConnectionProtocol.Open(client.Channel, opened, new TaskCompletionSource()), ActorRefs.NoSender);
        opened.Task.GetAwaiter().GetResult();
        return client;
    }

    /// <summary>A connection without an actor.</summary>
    public Connection NewConnection(string id, IConnectionTransport transport) => new(
        id, Endpoint, null, _host.Services, new SessionHolder(TimeProvider.System), isEnveloped: false, AmbientContext.None, transport);

    public void Dispose()
    {
        _host.StopAsync().GetAwaiter().GetResult();
        _host.Dispose();
    }
}
