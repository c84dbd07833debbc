using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Pikku.Akka.Testing;

/// <summary>Keeps the warnings and errors of a host, which often say why an expectation was not met.</summary>
internal sealed class HostLog : ILoggerProvider
{
    private const int Capacity = 1000; // entries; older ones are forgotten

    private readonly ConcurrentQueue<string> _entries = new();

    public IReadOnlyList<string> Entries => [.. _entries];

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _entries);

    public void Dispose() { }

    private sealed class Logger(string category, ConcurrentQueue<string> entries) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
                return;
            entries.Enqueue($"{logLevel} {category}: {formatter(state, exception)}{(exception is null ? "" : $" {exception.GetType().Name}: {exception.Message}")}");
            while (entries.Count > Capacity)
                entries.TryDequeue(out _);
        }
    }
}
