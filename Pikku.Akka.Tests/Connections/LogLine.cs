using Microsoft.Extensions.Logging;

namespace Pikku.Akka.Tests.Connections;

/// <summary>A log entry.</summary>
internal sealed record LogLine(string Category, LogLevel Level, int EventId, string Text, Exception? Error);
