using Microsoft.Extensions.Logging;

namespace Pikku.Akka.Tests.Connections;

/// <summary>One line of a log.</summary>
internal sealed record LogLine(string Category, LogLevel Level, int EventId, string Text, Exception? Error);
