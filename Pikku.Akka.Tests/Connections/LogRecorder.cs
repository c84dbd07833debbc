using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Pikku.Akka.Diagnostics;

namespace Pikku.Akka.Tests.Connections;

/// <summary>Keeps everything that is logged, exceptions included.</summary>
internal sealed class LogRecorder : ILoggerProvider
{
    private readonly ConcurrentQueue<LogLine> _lines = [];

    public IReadOnlyCollection<LogLine> Lines => [.. _lines];

    /// <summary>Those of the library itself; the ids of others overlap with its own.</summary>
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
