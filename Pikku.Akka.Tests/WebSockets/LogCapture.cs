using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>Records all log entries of a node.</summary>
internal sealed class LogCapture : ILoggerProvider
{
    private readonly ConcurrentQueue<Entry> _entries = new();

    /// <summary>One entry with its exception and its scopes, as a sink would write it.</summary>
    public sealed record Entry(string Category, LogLevel Level, string Text);

    public IReadOnlyCollection<Entry> Entries => _entries;

    /// <summary>The failures in the server or in Akka. Nothing that a client does may cause one.</summary>
    public IEnumerable<Entry> Accidents => _entries.Where(e =>
        e.Level >= LogLevel.Error && !e.Category.StartsWith("Pikku.Akka.Diagnostics.", StringComparison.Ordinal));

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _entries);

    public void Dispose() { }

    private sealed class Logger(string category, ConcurrentQueue<Entry> entries) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull
        {
            entries.Enqueue(new Entry(category, LogLevel.Trace, state.ToString() ?? ""));
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            entries.Enqueue(new Entry(category, logLevel, $"{formatter(state, exception)} {exception}"));
    }
}
