using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Pikku.Akka.Cli;

/// <summary>Keeps the standard output for the command: what the application logs or writes meanwhile goes to the standard error.</summary>
internal sealed class StandardOutput : IDisposable
{
    public StandardOutput(IServiceProvider services)
    {
        Writer = Console.Out;
        Console.SetOut(Console.Error);
        // The console logger has kept the stream that it found; it asks for the threshold with every line.
        if (services.GetService<IOptionsMonitor<ConsoleLoggerOptions>>() is { } options)
            options.CurrentValue.LogToStandardErrorThreshold = LogLevel.Trace;
    }

    public TextWriter Writer { get; }

    public void Dispose() => Console.SetOut(Writer);
}
