using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Pikku.Akka.Tests.Support;

/// <summary>Records log entries.</summary>
internal sealed class RecordingLog<T> : ILogger<T>
{
    public ConcurrentQueue<(LogLevel Level, EventId Id, string Text, Exception? Error)> Entries { get; } = [];

    /// <summary>True to throw instead, like a log on a full disk.</summary>
    public bool Fails { get; set; }

    /// <summary>Called with each entry, on the thread that logs it.</summary>
    public Action Logged { get; set; } = () => { };

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (Fails)
            throw new InvalidOperationException("The log is full.");
        Entries.Enqueue((logLevel, eventId, formatter(state, exception), exception));
        Logged();
    }
}
