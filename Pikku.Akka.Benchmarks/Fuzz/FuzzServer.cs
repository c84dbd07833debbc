using System.Diagnostics;
using System.Net;
using Pikku.Akka.Connections;

namespace Pikku.Akka.Benchmarks.Fuzz;

/// <summary>The server under test: a channel that answers each message with its bytes (<see cref="Answer"/>), with small limits, so that random data reaches them.</summary>
internal sealed class FuzzServer : IAsyncDisposable
{
    /// <summary>The largest message, in bytes.</summary>
    public const int MaxMessage = 1000;

    /// <summary>The maximum number of fragments of a message.</summary>
    public const int MaxFragments = 8;

    /// <summary>The path of the channel.</summary>
    public const string Path = "/fuzz";

    private static readonly string s_settings =
        $$"""
          pikku {
            connection {
              max-message-size = {{MaxMessage}}B
              max-fragments = {{MaxFragments}}
              message-timeout = 1s
              close-timeout = 5s
              sweep-interval = 100ms
            }
            compression { enabled = on, min-size = 128B }
            limits {
              messages-per-second = 1000000
              message-burst = 1000000
              connections-per-node = 100000
              connections-per-address = 100000
            }
          }
          """;

    private readonly WebApplication _app;

    private FuzzServer(WebApplication app) => _app = app;

    public Uri Address => new($"ws://127.0.0.1:{EndPoint.Port}{Path}");

    public IPEndPoint EndPoint => new(IPAddress.Loopback, new Uri(_app.Urls.First()).Port);

    /// <summary>The number of open connections.</summary>
    public int Connections => _app.Services.GetRequiredService<ConnectionDirectory>().Count;

    public static async Task<FuzzServer> StartAsync(Findings findings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production, ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(new ErrorsAsFindings(findings)).SetMinimumLevel(LogLevel.Error);
        builder.Services.AddPikku(pikku => pikku.AddHocon(s_settings).WireChannel("fuzz", channel =>
        {
            channel.AllowAnonymous().OnMessage((string text) => $"={text}"); // as Answer
            channel.OnBinaryMessage((ReadOnlyMemory<byte> bytes) => Answer(bytes.Span));
        }));
        var app = builder.Build();
        app.MapPikku();
        await app.StartAsync();
        return new FuzzServer(app);
    }

    /// <summary>The answer to a message. It has one more byte, because an empty answer would not be sent.</summary>
    public static byte[] Answer(ReadOnlySpan<byte> message) => [(byte)'=', .. message];

    /// <summary>Waits until only this number of connections is open.</summary>
    public async Task<bool> HoldsAsync(int connections, TimeSpan patience)
    {
        for (var begun = Stopwatch.GetTimestamp(); Connections != connections; await Task.Delay(10))
        {
            if (Stopwatch.GetElapsedTime(begun) > patience)
                return false;
        }

        return true;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    // Nothing that a client sends is an error of the server.
    private sealed class ErrorsAsFindings(Findings findings) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                findings.Add($"the server logged: {formatter(state, exception)} {exception}");
        }

        public void Dispose()
        {
        }
    }
}
