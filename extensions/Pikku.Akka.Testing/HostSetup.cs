using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Pikku.Akka.Sessions;

namespace Pikku.Akka.Testing;

/// <summary>What a test replaces in an application: the network, the clock, and where sessions come from.</summary>
internal sealed class HostSetup
{
    private readonly PikkuTestOptions _options;
    private readonly string? _akka;

    /// <param name="options">The options of the test.</param>
    /// <param name="cluster">The settings of a node of a cluster; null for a host without one.</param>
    public HostSetup(PikkuTestOptions options, ClusterNode? cluster)
    {
        _options = options;
        Cluster = cluster;
        // The nodes of a cluster observe each other by heartbeats, which need a clock that runs.
        if (cluster is not null || options.UseSystemTime)
        {
            _akka = cluster?.Akka;
            return;
        }

        Time = new FakeTimeProvider(options.StartTime ?? TimeProvider.System.GetUtcNow());
        Ticks = new VirtualTicks(Time);
        _akka = VirtualScheduler.Register(Ticks, out var id);
        ClockId = id;
    }

    public ClusterNode? Cluster { get; }

    public FakeTimeProvider? Time { get; }

    public VirtualTicks? Ticks { get; }

    public string? ClockId { get; }

    public MemoryNetwork Network { get; } = new();

    public HostLog Log { get; } = new();

    /// <summary>Replaces what a test replaces, in an application whose services are complete.</summary>
    public void Configure(WebApplicationBuilder builder)
    {
        builder.WebHost.UseKestrel(Listen);
        Configure(builder.WebHost);
        Replace(builder.Services);
    }

    /// <summary>Replaces what a test replaces, in an application whose <c>Program</c> registers its services later.</summary>
    public void ConfigureProgram(IWebHostBuilder builder)
    {
        Configure(builder);
        builder.ConfigureTestServices(Replace);
    }

    private void Configure(IWebHostBuilder builder)
    {
        _options.WebHost?.Invoke(builder);
        foreach (var (key, value) in (Cluster?.Settings ?? new Dictionary<string, string>()).Concat(_options.Settings))
            builder.UseSetting(key.StartsWith("pikku.", StringComparison.OrdinalIgnoreCase) ? key.Replace('.', ':') : key, value);
    }

    /// <summary>The only address of the host. It belongs to no socket: the network of the host takes every address.</summary>
    public static void Listen(KestrelServerOptions kestrel) => kestrel.Listen(IPAddress.Loopback, MemoryNetwork.Port);

    private void Replace(IServiceCollection services)
    {
        _options.Services?.Invoke(services);
        services.RemoveAll<IConnectionListenerFactory>();
        services.AddSingleton<IConnectionListenerFactory>(Network);
        services.AddSingleton<ILoggerProvider>(Log);
        services.AddSingleton<IStartupFilter, TestUserFilter>();
        services.RemoveAll<SessionOpener>();
        services.AddSingleton(NewSessionOpener);
        if (Time is not null)
        {
            services.RemoveAll<TimeProvider>();
            services.AddSingleton<TimeProvider>(Time);
        }

        if (_akka is not null)
            services.AddPikku(pikku => pikku.AddHocon(_akka));
    }

    // As that of the server, except that a test may give a connection its session.
    private static SessionOpener NewSessionOpener(IServiceProvider provider)
    {
        var wiring = provider.GetRequiredService<PikkuBuilder>().Freeze();
        return new SessionOpener(
            provider.GetRequiredService<IPikkuSessionStore>(),
            user => user is TestPrincipal { Session: { } session } ? session : wiring.SessionFromPrincipal?.Invoke(user),
            wiring.MergeSessions, wiring.Json, provider.GetRequiredService<TimeProvider>());
    }
}
