using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Pikku.Akka.Connections;
using Pikku.Akka.Hosting;
using Pikku.Akka.Testing;

namespace Pikku.Akka;

/// <summary>
/// An application in memory: no port is opened, and its clock belongs to the test. Requests and sockets run through Kestrel and the code of production. All members are
/// thread-safe.
/// </summary>
public sealed class PikkuTestHost : IAsyncDisposable
{
    // The sweep of connections is the coarsest tick of the library; smaller steps would change nothing for most timeouts.
    private const int MaxSteps = 600; // a long time is advanced in this number of steps at most

    private readonly HostSetup _setup;
    private readonly IHost _host;
    private readonly IAsyncDisposable _owner;
    private readonly PikkuTestOptions _options;
    private readonly Quiescence _quiescence;
    private readonly TestDialer _dialer;
    private readonly SemaphoreSlim _advancing = new(1);
    private int _disposed;

    private PikkuTestHost(HostSetup setup, PikkuTestOptions options, IHost host, IAsyncDisposable owner)
    {
        (_setup, _options, _host, _owner) = (setup, options, host, owner);
        Services = host.Services;
        _quiescence = new Quiescence(Services, setup.Network, options.Patience);
        _dialer = new TestDialer(setup.Network, options.Patience);
    }

    /// <summary>The services of the application.</summary>
    public IServiceProvider Services { get; }

    /// <summary>
    /// The clock of the application. It stands still until <see cref="AdvanceAsync"/>. Give it to generated clients (<c>PikkuOptions.Clock</c>) if their timeouts shall follow it.
    /// </summary>
    /// <exception cref="InvalidOperationException">The host has the clock of the machine.</exception>
    public FakeTimeProvider Time => _setup.Time ?? throw new InvalidOperationException(_setup.Cluster is null
        ? "The host has the clock of the machine, because PikkuTestOptions.UseSystemTime is set."
        : "A node of a cluster has the clock of the machine, because nodes observe each other by heartbeats. Test what depends on time on a host without a cluster.");

    /// <summary>The open connections of clients, in the order in which they were opened. A test can make each of them fail.</summary>
    public IReadOnlyList<PikkuTestLink> Links => _setup.Network.Links;

    /// <summary>The warnings and errors that the host has logged.</summary>
    public IReadOnlyList<string> LoggedProblems => _setup.Log.Entries;

    internal MemoryNetwork Network => _setup.Network;

    internal TimeSpan Patience => _options.Patience;

    internal bool IsVirtual => _setup.Time is not null;

    /// <summary>Starts a host that has only what the test wires.</summary>
    /// <param name="wire">Wires the channels, for example by calling a module of the application.</param>
    /// <param name="options">What differs from production; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="PikkuWiringException">The wiring is invalid.</exception>
    /// <exception cref="PikkuConfigurationException">The settings are invalid.</exception>
    public static Task<PikkuTestHost> StartAsync(Action<PikkuBuilder> wire, PikkuTestOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(wire);
        return StartAsync(wire, options ?? new PikkuTestOptions(), cluster: null, cancellationToken);
    }

    /// <summary>Starts the application of a <c>Program</c>, with its services, settings and middleware.</summary>
    /// <typeparam name="TProgram">A type of the application's assembly, as a rule <c>Program</c>.</typeparam>
    /// <param name="options">What differs from production; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    public static Task<PikkuTestHost> StartAsync<TProgram>(PikkuTestOptions? options = null, CancellationToken cancellationToken = default)
        where TProgram : class => StartAsync<TProgram>(options ?? new PikkuTestOptions(), cluster: null, cancellationToken);

    /// <summary>Starts an application that the test builds itself.</summary>
    /// <param name="builder">The builder with the services of the application, which includes <c>AddPikku</c>.</param>
    /// <param name="app">Adds middleware and endpoints, which includes <c>MapPikku</c>.</param>
    /// <param name="options">What differs from production; null for the defaults. The environment is that of the builder.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    public static Task<PikkuTestHost> StartAsync(
        WebApplicationBuilder builder, Action<WebApplication> app, PikkuTestOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(app);
        return StartAsync(builder, app, options ?? new PikkuTestOptions(), cluster: null, cancellationToken);
    }

    internal static Task<PikkuTestHost> StartAsync(Action<PikkuBuilder> wire, PikkuTestOptions options, ClusterNode? cluster, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = options.Environment });
        builder.Logging.ClearProviders();
        builder.Services.AddPikku(wire);
        return StartAsync(builder, app => app.MapPikku(), options, cluster, cancellationToken);
    }

    internal static async Task<PikkuTestHost> StartAsync<TProgram>(PikkuTestOptions options, ClusterNode? cluster, CancellationToken cancellationToken)
        where TProgram : class
    {
        var setup = new HostSetup(options, cluster);
        var factory = new ProgramFactory<TProgram>(setup, options.Environment);
        try
        {
            // The factory waits for the start on the thread of the caller.
            await Task.Run(factory.StartServer, cancellationToken);
            return new PikkuTestHost(setup, options, factory.Services.GetRequiredService<IHost>(), factory);
        }
        catch
        {
            await factory.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until the host has handled what it has received, except for functions that run.</summary>
    internal Task SettleAsync() => _quiescence.WaitAsync([], whileFunctionsRun: true);

    internal Task<int> UpgradeStatusAsync(string path, IReadOnlyDictionary<string, string> headers) => _dialer.UpgradeStatusAsync(path, headers);

    private static async Task<PikkuTestHost> StartAsync(
        WebApplicationBuilder builder, Action<WebApplication> configure, PikkuTestOptions options, ClusterNode? cluster, CancellationToken cancellationToken)
    {
        var setup = new HostSetup(options, cluster);
        setup.Configure(builder);
        var app = builder.Build();
        try
        {
            configure(app);
            await app.StartAsync(cancellationToken);
            return new PikkuTestHost(setup, options, app, app);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Creates a client for requests to the application. Dispose it with the test.</summary>
    public HttpClient CreateClient() => _dialer.CreateClient();

    /// <summary>Connects to a channel, without a generated client.</summary>
    /// <param name="channel">The name of the channel, or a path that begins with <c>/</c>.</param>
    /// <param name="options">The user, the opening data and the subprotocol; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    /// <exception cref="PikkuTestException">The upgrade is refused.</exception>
    public async Task<PikkuTestConnection> ConnectAsync(string channel, PikkuConnectOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(channel);
        options ??= new PikkuConnectOptions();
        var json = Services.GetRequiredService<PikkuBuilder>().Json;
        var path = channel.StartsWith('/') ? channel : ChannelPath.Of(Services.GetRequiredService<ChannelAddresses>().Read(), channel);
        path = ChannelPath.Fill(path, options.OpeningData, json);
        var (socket, link) = await _dialer.OpenAsync(path, options, cancellationToken);
        var connection = new PikkuTestConnection(this, $"connection {link.Number} of {channel}", socket, link, json);
        // The answer to the upgrade comes before the server has opened the connection. A test that goes on at once could revoke a session that is not there yet.
        await SettleAsync();
        return connection;
    }

    /// <summary>
    /// Connects a generated client: <c>Connect = (address, upgrade, cancellation) => host.ConnectSocketAsync(address, upgrade.Subprotocol, upgrade.Token, cancellation)</c>.
    /// </summary>
    /// <param name="address">The address, whose path and query count.</param>
    /// <param name="subprotocol">The subprotocol.</param>
    /// <param name="token">The bearer token; null for none.</param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    /// <exception cref="PikkuTestException">The upgrade is refused.</exception>
    public Task<WebSocket> ConnectSocketAsync(Uri address, string? subprotocol, string? token = null, CancellationToken cancellationToken = default) =>
        ConnectSocketAsync(address, new PikkuConnectOptions { Subprotocol = subprotocol, Token = token }, cancellationToken);

    /// <summary>Opens a WebSocket.</summary>
    /// <param name="address">The address, whose path and query count.</param>
    /// <param name="options">The user and the subprotocol.</param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    /// <exception cref="PikkuTestException">The upgrade is refused.</exception>
    public async Task<WebSocket> ConnectSocketAsync(Uri address, PikkuConnectOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(options);
        return (await _dialer.OpenAsync(address.IsAbsoluteUri ? address.PathAndQuery : address.OriginalString, options, cancellationToken)).Socket;
    }

    /// <summary>
    /// Advances virtual time. The time passes in small steps, at most 600; after each step the host handles everything that became due, and clients answer its pings, before
    /// the next one begins. Without running functions the result does not depend on the speed of the machine. A function that runs gets 250 ms of the machine's time to complete
    /// or to wait for something.
    /// </summary>
    /// <param name="time">How much time passes.</param>
    /// <exception cref="InvalidOperationException">The host has the clock of the machine, or the application has an actor system of its own whose scheduler is not that of the test.</exception>
    public async Task AdvanceAsync(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        var clock = Time;
        if (Services.GetRequiredService<global::Akka.Actor.ActorSystem>().Scheduler is not VirtualScheduler)
            throw new InvalidOperationException("The actor system of the application does not follow virtual time, because the application sets akka.scheduler itself. Remove that setting in tests.");
        await _advancing.WaitAsync();
        try
        {
            var sweep = Services.GetRequiredService<Settings.PikkuSettings>().Connection.SweepInterval;
            var step = TimeSpan.FromTicks(Math.Max(sweep.Ticks, time.Ticks / MaxSteps));
            await _quiescence.WaitAsync([], whileFunctionsRun: true);
            for (var rest = time; rest > TimeSpan.Zero; rest -= step)
            {
                clock.Advance(rest < step ? rest : step);
                await _quiescence.WaitAsync(_setup.Ticks!.TakeReceivers(), whileFunctionsRun: true);
            }
        }
        finally
        {
            _advancing.Release();
        }
    }

    /// <summary>
    /// Waits until the host has handled everything that it has received: no function runs, no message and no event waits, and clients that read have received everything.
    /// </summary>
    /// <exception cref="PikkuExpectationException">A function still runs when the patience of the test ends.</exception>
    public Task IdleAsync() => _quiescence.WaitAsync([], whileFunctionsRun: false);

    /// <summary>Ends the session of a user on all connections, as <see cref="IPikkuUsers.RevokeAsync"/> does.</summary>
    /// <param name="userId">The user.</param>
    public async Task RevokeSessionAsync(string userId) => await Services.GetRequiredService<IPikkuUsers>().RevokeAsync(userId);

    /// <summary>Advances virtual time to the end of the session that a user has on this host.</summary>
    /// <param name="userId">The user.</param>
    /// <exception cref="InvalidOperationException">No session of the user expires.</exception>
    public async Task ExpireSessionAsync(string userId)
    {
        var ends = Services.GetRequiredService<ConnectionDirectory>().OfUser(userId).Select(connection => connection.Session.Current?.ExpiresAt).Max()
            ?? throw new InvalidOperationException($"No connection of '{userId}' has a session that expires. Set ExpiresAt in the session.");
        // The sweep notices the end at its next tick.
        await AdvanceAsync(ends - Time.GetUtcNow() + Services.GetRequiredService<Settings.PikkuSettings>().Connection.SweepInterval);
    }

    /// <summary>
    /// Drains the host as a shutdown does, without stopping it: it refuses new connections, and the connections that are open complete their messages and close with 1001.
    /// Functions that do not end are cancelled at <c>pikku.shutdown.drain-timeout</c>, which follows <see cref="AdvanceAsync"/>.
    /// </summary>
    public Task DrainAsync() => Services.GetServices<IHostedService>().OfType<PikkuLifetime>().Single().StoppingAsync(CancellationToken.None);

    /// <summary>Cuts all connections and stops the host.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        foreach (var link in Links)
            link.Cut();
        var stopping = _host.StopAsync();
        // Nothing of the shutdown may wait for a time that does not pass. A tick is one step of a drain.
        while (_setup.Time is { } clock && await Task.WhenAny(stopping, Task.Delay(TimeSpan.FromMilliseconds(20))) != stopping)
            clock.Advance(TimeSpan.FromSeconds(1));
        await stopping;
        await _owner.DisposeAsync();
        _dialer.Dispose();
        if (_setup.ClockId is { } id)
            VirtualScheduler.Release(id);
    }
}
