using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Channels;
using Pikku.Akka.Cluster;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Dispatch;
using Pikku.Akka.Functions.Input;
using Pikku.Akka.Protocol;
using Pikku.Akka.Sessions;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Tests.Support;

/// <summary>A node without sockets: the wiring is compiled and can run; the test opens connections itself.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    // The actor systems of the tests have no other dispatcher.
    private const string DefaultDispatcher = "pikku.function.dispatcher = \"akka.actor.default-dispatcher\"";

    private readonly PikkuBuilder _app = new();
    private int _connections;

    /// <param name="wire">Wires the application.</param>
    /// <param name="services">Adds services.</param>
    /// <param name="hocon">Settings that override those of the library.</param>
    public TestNode(Action<PikkuBuilder> wire, Action<IServiceCollection>? services = null, string hocon = "")
    {
        wire(_app);
        _app.Freeze();
        var collection = new ServiceCollection();
        services?.Invoke(collection);
        Services = collection.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true });
        Settings = SettingsLoader.Read(SettingsLoader.Load(null, [DefaultDispatcher, hocon]));
        Sessions = new MemorySessionStore(1000, TimeSpan.FromHours(1), Clock);
        Metrics = new PikkuMetrics(Meters);
        var compiler = new WiringCompiler(
            _app, Services.GetService<IServiceProviderIsService>(), new InputOptions(_app.Json), _app.Json);
        Endpoints = [.. compiler.Compile().Select(channel => new ChannelEndpoint(
            channel, Settings, _app.Json, new ErrorMap(_app.Errors, Settings.DetailedErrors), Services.GetRequiredService<IServiceScopeFactory>(),
            Hub, Sessions, new PikkuLog(Log), Metrics, new BackgroundTasks(new PikkuLog(Log), Metrics), Clock))];
    }

    public ServiceProvider Services { get; }

    public PikkuSettings Settings { get; }

    public ManualTime Clock { get; } = new();

    public RecordingHub Hub { get; } = new();

    public RecordingLog<PikkuLog> Log { get; } = new();

    public RecordingMeters Meters { get; } = new();

    public PikkuMetrics Metrics { get; }

    public MemorySessionStore Sessions { get; }

    public IReadOnlyList<ChannelEndpoint> Endpoints { get; }

    /// <summary>The first channel.</summary>
    public ChannelEndpoint Endpoint => Endpoints[0];

    /// <summary>Starts the actors of functions and channels at the same place as on a real node: below <c>/user/pikku</c>.</summary>
    /// <returns>Their parent.</returns>
    public async Task<IActorRef> StartAsync(ActorSystem system)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var root = system.ActorOf(Props.Create(() => new TestRoot(Endpoints, Settings.Function, started)), "pikku");
        await started.Task.Soon();
        return root;
    }

    /// <summary>Opens a connection.</summary>
    /// <param name="session">Its session; null for none.</param>
    /// <param name="enveloped">True for the subprotocol <c>pikku.v1</c>.</param>
    /// <param name="stalled">True for a client that does not read.</param>
    /// <param name="channel">The index of the channel.</param>
    /// <param name="openingData">The opening data of the upgrade.</param>
    public TestConnection Connect(
        IPikkuSession? session = null, bool enveloped = false, bool stalled = false, int channel = 0, object? openingData = null)
    {
        var holder = new SessionHolder(Clock);
        if (session is not null)
            holder.TrySet(session, holder.Epoch);
        return new TestConnection(
            transport => new Connection(
                $"c{Interlocked.Increment(ref _connections)}", Endpoints[channel], openingData, Services, holder, enveloped, AmbientContext.None, transport),
            stalled);
    }

    /// <summary>Opens a connection over the test's own transport.</summary>
    public Connection Connect(IConnectionTransport transport) => new(
        $"c{Interlocked.Increment(ref _connections)}", Endpoint, null, Services, new SessionHolder(Clock), isEnveloped: false, AmbientContext.None, transport);

    /// <summary>The call of a wire that belongs to no message.</summary>
    public TestCall CallOf(Connection channel, IServiceProvider services, CancellationToken cancellation = default) => new()
    {
        Channel = channel,
        Session = channel.Session,
        SessionStore = Sessions,
        EventHub = Hub,
        Services = services,
        ActionName = "f",
        Cancellation = cancellation,
    };

    public async ValueTask DisposeAsync()
    {
        Meters.Dispose();
        await Services.DisposeAsync();
    }
}
