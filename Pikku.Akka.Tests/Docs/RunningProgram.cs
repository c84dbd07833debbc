using System.Diagnostics;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Pikku.Akka.Tests.Docs;

/// <summary>
/// Runs a program of the documentation without changes: the program builds its own host and ends when the host stops. The host is found
/// by the
/// diagnostic event that hosting raises for tools.
/// </summary>
internal sealed class RunningProgram : IAsyncDisposable
{
    private static readonly AsyncLocal<RunningProgram?> Current = new();

    private readonly TaskCompletionSource<IHost> _built = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _running;
    private IHost _host = null!;

    private RunningProgram(Action<string[]> main) =>
        _running = Task.Run(() =>
        {
            Current.Value = this;
            using var listening = DiagnosticListener.AllListeners.Subscribe(new HostingListener());
            main(["--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", "None"]);
        });

    public Uri Address { get; private set; } = null!;

    public static async Task<RunningProgram> StartAsync(Action<string[]> main)
    {
        var program = new RunningProgram(main);
        program._host = await await Task.WhenAny(program._built.Task, program.FailedAsync());
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        program._host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.Register(() => started.SetResult());
        await await Task.WhenAny(started.Task, program._running);
        var addresses = program._host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        program.Address = new Uri(addresses.Addresses.Single());
        return program;
    }

    public Uri Socket(string path) => new UriBuilder(new Uri(Address, path)) { Scheme = Uri.UriSchemeWs }.Uri;

    public async ValueTask DisposeAsync()
    {
        _host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        await _running;
    }

    private async Task<IHost> FailedAsync()
    {
        await _running;
        throw new InvalidOperationException("The program ended without building a host.");
    }

    private sealed class HostingListener : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
    {
        public void OnNext(DiagnosticListener listener)
        {
            if (listener.Name == "Microsoft.Extensions.Hosting")
                listener.Subscribe(this);
        }

        // Other tests build hosts at the same time; ours is built in our execution context.
        public void OnNext(KeyValuePair<string, object?> raised)
        {
            if (raised is { Key: "HostBuilt", Value: IHost host })
                Current.Value?._built.TrySetResult(host);
        }

        public void OnCompleted() { }

        public void OnError(Exception error) { }
    }
}
