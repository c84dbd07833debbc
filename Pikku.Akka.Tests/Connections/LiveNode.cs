using System.Diagnostics.Metrics;
using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Pikku.Akka.Channels;
using Pikku.Akka.Connections;
using Pikku.Akka.Dispatch;
using Pikku.Akka.Hosting;
using Pikku.Akka.Sessions;
using Pikku.Akka.Settings;
using Pikku.Akka.Tests.Support;

namespace Pikku.Akka.Tests.Connections;

/// <summary>A whole node that <c>AddPikku</c> sets up, without a server. The test controls its clock, its sweep and its clients.</summary>
internal sealed class LiveNode : IAsyncDisposable
{
    private readonly IHost _host;

    private LiveNode(IHost host) => _host = host;

    public ManualTime Clock => (ManualTime)Services.GetRequiredService<TimeProvider>();

    public LogRecorder Log => Services.GetRequiredService<LogRecorder>();

    public RecordingMeters Meters => (RecordingMeters)Services.GetRequiredService<IMeterFactory>();

    public IServiceProvider Services => _host.Services;

    public ConnectionDirectory Directory => Services.GetRequiredService<ConnectionDirectory>();

    public IEventHub Hub => Services.GetRequiredService<IEventHub>();

    public ChannelEndpoint Endpoint => Services.GetRequiredService<PikkuApp>().Channels[0];

    /// <summary>The parent of the connection actors.</summary>
    public IActorRef Parent { get; private set; } = ActorRefs.Nobody;

    /// <summary>Starts a node with one channel, which requires no session unless the test configures it.</summary>
    public static Task<LiveNode> StartAsync(
        Action<ChannelBuilder> channel, string hocon = "", Action<IServiceCollection>? services = null) =>
        StartAppAsync(app => app.WireChannel("test", c => channel(c.AllowAnonymous())), hocon, services);

    public static async Task<LiveNode> StartAppAsync(
        Action<PikkuBuilder> app, string hocon = "", Action<IServiceCollection>? services = null)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        // The nodes of a cluster exchange heartbeats, which need a clock that runs.
        builder.Services.AddSingleton<TimeProvider>(provider => provider.GetSettings().Cluster.IsOn ? TimeProvider.System : new ManualTime());
        builder.Services.AddSingleton<IMeterFactory>(_ => new RecordingMeters());
        builder.Services.AddSingleton<LogRecorder>();
        builder.Services.AddSingleton<ILoggerProvider>(provider => provider.GetRequiredService<LogRecorder>());
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace));
        services?.Invoke(builder.Services);
        builder.Services.AddPikku(pikku =>
        {
            // The test triggers the sweep.
            pikku.AddHocon("pikku.connection.sweep-interval = 1d");
            // Makes the random reconnect hint predictable.
            pikku.AddHocon("pikku.shutdown.reconnect-spread = 1ms");
            pikku.AddHocon(hocon);
            app(pikku);
        });
        var node = new LiveNode(builder.Build());
        await node._host.StartAsync();
        node.Parent = await node.Directory.Parent.Soon();
        return node;
    }

    public Task<LiveConnection> ConnectAsync(
        string id = "c1", IPikkuSession? session = null, bool enveloped = false, bool stalled = false, object? openingData = null,
        string? channel = null, ITokenAuthenticator? authenticator = null) =>
        Prepare(id, session, enveloped, stalled, openingData, channel, authenticator).OpenAsync();

    /// <summary>Creates a connection whose actor does not exist yet.</summary>
    public LiveConnection Prepare(
        string id = "c1", IPikkuSession? session = null, bool enveloped = false, bool stalled = false, object? openingData = null, string? channel = null,
        ITokenAuthenticator? authenticator = null)
    {
        var holder = new SessionHolder(Services.GetRequiredService<TimeProvider>());
        if (session is not null)
            holder.TrySet(session, holder.Epoch);
        return new LiveConnection(
            transport => new Connection(
                id, channel is null ? Endpoint : EndpointOf(channel), openingData, Services, holder, enveloped, AmbientContext.None, transport)
                { Authenticator = authenticator },
            Directory, Services.GetRequiredService<ActorSystem>(), Parent, stalled);
    }

    private ChannelEndpoint EndpointOf(string channel) =>
        Services.GetRequiredService<PikkuApp>().Channels.Single(endpoint => endpoint.Definition.Name == channel);

    /// <summary>Advances the clock, then sweeps. Messages of the sweep to connections arrive before the messages that the test sends afterwards.</summary>
    public Task SweepAsync(TimeSpan passed)
    {
        Clock.Advance(passed);
        Parent.Tell(ConnectionProtocol.Sweep.Instance, ActorRefs.NoSender);
        return SettleAsync();
    }

    /// <summary>Waits until the parent has processed all messages that it has received so far.</summary>
    public Task SettleAsync() => Parent.Ask<ActorIdentity>(new Identify(null), Patience.Long);

    public void Drain() => Parent.Tell(ConnectionProtocol.Drain.Instance, ActorRefs.NoSender);

    public async ValueTask DisposeAsync()
    {
        foreach (var channel in Directory.All)
            channel.Mailbox.Tell(PoisonPill.Instance);
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}
