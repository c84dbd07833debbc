using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Pikku.Akka.Diagnostics;

namespace Pikku.Akka.Tests.Connections;

/// <summary>Records all log entries with their exceptions.</summary>
internal sealed class LogRecorder : ILoggerProvider
{
    private readonly ConcurrentQueue<LogLine> _lines = [];

    public IReadOnlyCollection<LogLine> Lines => [.. _lines];

    /// <summary>The entries of the library. Entries of other libraries are excluded, because their ids overlap.</summary>
    public IEnumerable<LogLine> Own => Lines.Where(line => line.Category == typeof(PikkuLog).FullName);

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _lines);

    public void Dispose() { }

    private sealed class Logger(string category, ConcurrentQueue<LogLine> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue(new LogLine(category, logLevel, eventId.Id, formatter(state, exception), exception));
    }
}
