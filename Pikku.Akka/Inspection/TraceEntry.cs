namespace Pikku.Akka.Inspection;

/// <summary>A message of a connection of a traced user, or a note about the trace. It has no payload.</summary>
/// <param name="At">When the message was complete or sent.</param>
/// <param name="Node">The node, as host and port.</param>
/// <param name="Direction">The kind of line.</param>
/// <param name="Connection">The id of the connection; null for a note.</param>
/// <param name="Channel">The name of the channel; null for a note.</param>
/// <param name="Name">The action, the topic or the handler; the text of a note.</param>
/// <param name="Size">The size in bytes; 0 for what has none.</param>
/// <param name="Duration">How long the message ran, in milliseconds; null for what does not run.</param>
/// <param name="Outcome"><c>ok</c>, the name of the error, or what else has happened to the message.</param>
/// <param name="ErrorId">The id of the exception in the log; null when there is none.</param>
internal sealed record TraceEntry(
    DateTimeOffset At, string Node, TraceDirection Direction, string? Connection, string? Channel, string Name, int Size = 0, double? Duration = null,
    string? Outcome = null, string? ErrorId = null);

/// <summary>The kind of a line of a trace.</summary>
internal enum TraceDirection
{
    /// <summary>A message of the client, or a subscription of it.</summary>
    In,

    /// <summary>A message to the client.</summary>
    Out,

    /// <summary>A handler of the server: <c>onConnect</c>, <c>onDisconnect</c>, a handler of events, the end of the connection.</summary>
    Server,

    /// <summary>A note about the trace itself.</summary>
    Note,
}

/// <summary>What a node has seen of a traced user.</summary>
/// <param name="Node">The node.</param>
/// <param name="Next">The number behind the last entry.</param>
/// <param name="Dropped">How many entries were dropped before these, because nobody collected them in time.</param>
/// <param name="More">True when more entries wait.</param>
/// <param name="Entries">The entries.</param>
internal sealed record TraceAnswer(string Node, long Next, long Dropped, bool More, IReadOnlyList<TraceEntry> Entries);
