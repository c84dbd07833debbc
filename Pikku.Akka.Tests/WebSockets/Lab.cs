using System.Collections.Concurrent;
using Akka.Actor;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Pikku.Akka.Connections;
using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>
/// A node on a port that the system chooses, with one channel, <c>/lab</c>, that has an echo function and counts its connections. A test can wire more
/// channels and functions.
/// </summary>
internal sealed class Lab : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly LogCapture _logs;
    private readonly ConcurrentQueue<string> _ids = new();
    private int _connected;
    private int _disconnected;

    private Lab(LabOptions options)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = options.Environment });
        _logs = new LogCapture();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(_logs).SetMinimumLevel(LogLevel.Trace);
        options.Builder(builder);
        builder.Services.AddPikku(pikku =>
        {
            pikku.AddHocon(options.Hocon).WireChannel("lab", channel =>
            {
                channel.AllowAnonymous().OnConnect((IPikkuChannel connection) =>
                {
                    _ids.Enqueue(connection.Id);
                    Interlocked.Increment(ref _connected);
                });
                channel.OnDisconnect(() => { Interlocked.Increment(ref _disconnected); });
                channel.MapAction("echo", (Said said) => said);
                channel.OnBinaryMessage((ReadOnlyMemory<byte> bytes) => bytes);
                options.Channel(channel);
            });
            options.Pikku(pikku);
        });
        _app = builder.Build();
        options.App(_app);
        options.Map(_app.MapPikku());
    }

    /// <summary>Input and output of <c>echo</c>.</summary>
    public sealed record Said(string? Text = null);

    public int Port => new Uri(_app.Urls.First()).Port;

    /// <summary>The number of calls of <c>onConnect</c>.</summary>
    public int Connected => Volatile.Read(ref _connected);

    /// <summary>All connections so far, in order.</summary>
    public IReadOnlyCollection<string> Ids => _ids;

    /// <summary>The number of calls of <c>onDisconnect</c>.</summary>
    public int Disconnected => Volatile.Read(ref _disconnected);

    public LogCapture Logs => _logs;

    public IServiceProvider Services => _app.Services;

    public ConnectionDirectory Directory => Services.GetRequiredService<ConnectionDirectory>();

    public static Task<Lab> Start(string hocon) => Start(new LabOptions { Hocon = hocon });

    public static async Task<Lab> Start(LabOptions? options = null)
    {
        var lab = new Lab(options ?? new LabOptions());
        await lab._app.StartAsync();
        return lab;
    }

    public Uri Http(string path) => new($"http://127.0.0.1:{Port}{path}");

    public Uri Ws(string path = "/lab") => new($"ws://127.0.0.1:{Port}{path}");

    public Task<RawClient> Raw(string path = "/lab") => RawClient.Upgrade(Port, path);

    public Task<TextClient> Connect(string path = "/lab") => TextClient.Connect(Ws(path));

    public Task Stop() => _app.StopAsync();

    /// <summary>Sweeps all connections now, and waits until they have processed the messages of the sweep.</summary>
    public async Task Sweep()
    {
        var parent = await Directory.Parent;
        parent.Tell(ConnectionProtocol.Sweep.Instance, ActorRefs.NoSender);
        await parent.Ask<ActorIdentity>(new Identify(null), Eventually.Patience);
    }

    /// <summary>The actors of the connections that are alive.</summary>
    public async Task<int> Actors() => ((ActorRefWithCell)await Directory.Parent).Children.Count();

    /// <summary>
    /// Asserts that connections that have ended released everything, except for the given number of live ones: no entry, no actor and no slot is left, each
    /// <c>onConnect</c> had one <c>onDisconnect</c>, and nothing failed in the server.
    /// </summary>
    public async Task Holds(int connections)
    {
        await Eventually.Holds(() => Directory.Count == connections, $"{connections} entries in the directory");
        await Eventually.Holds(async () => await Actors() == connections, $"{connections} actors");
        await Eventually.Holds(() => Connected - Disconnected == connections, $"{connections} connections that onConnect has seen");
        Assert.Empty(_logs.Accidents);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
