using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Pikku.Akka.Cli;

/// <summary>Reserves standard output for the command: everything that the application logs or writes in the meantime goes to standard
/// error.</summary>
internal sealed class StandardOutput : IDisposable
{
    public StandardOutput(IServiceProvider services)
    {
        Writer = Console.Out;
        Console.SetOut(Console.Error);
        // The console logger keeps the stream that it was created with, but reads the threshold for every line.
        if (services.GetService<IOptionsMonitor<ConsoleLoggerOptions>>() is { } options)
            options.CurrentValue.LogToStandardErrorThreshold = LogLevel.Trace;
    }

    public TextWriter Writer { get; }

    public void Dispose() => Console.SetOut(Writer);
}
