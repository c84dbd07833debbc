using System.Runtime.CompilerServices;
using Pikku.Akka.Channels;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Inspection;

/// <summary>What a traced or recorded connection tells. It is replaced when a trace or a recording of the connection begins or ends.</summary>
/// <param name="connection">The connection.</param>
/// <param name="trace">The trace of its user; null for none.</param>
/// <param name="recording">Its recording; null for none.</param>
/// <param name="node">The name of this node.</param>
internal sealed class ConnectionWatch(Connection connection, TraceBuffer? trace, Recording? recording, string node) : IConnectionWatch
{
    // A message keeps only its exception, and the error that it becomes has an id that is in the log. The entries go with their messages.
    private readonly ConditionalWeakTable<InboundMessage, StrongBox<ErrorInfo>> _errors = [];

    public bool IsRecording => recording is { HasEnded: false };

    /// <summary>The watch when the recording has ended; null when nothing is left to watch.</summary>
    public ConnectionWatch? WithoutRecording() => trace is null ? null : new ConnectionWatch(connection, trace, null, node);

    public void Received(ClientMessage message) => recording?.Received(message);

    public void Skipped(ClientMessage message, string how) => Add(TraceDirection.In, how, message.Length, null, how == "dropped" ? how : "ok");

    public void Failed(InboundMessage message, in ErrorInfo info)
    {
        if (trace is not null)
            _errors.AddOrUpdate(message, new StrongBox<ErrorInfo>(info));
    }

    public void Completed(InboundMessage message)
    {
        if (trace is not null)
            Add(message, message.Stream is { IsDetached: true } ? "stream" : null);
    }

    public void StreamEnded(InboundMessage message)
    {
        if (trace is not null)
            Add(message, null);
    }

    public void Sent(List<EncodedMessage> messages, int first)
    {
        for (var i = first; i < messages.Count; i++)
        {
            var message = messages[i];
            if (message.Kind is MessageKind.Ping or MessageKind.Pong)
                continue;
            recording?.Sent(message);
            if (trace is not null)
                Add(TraceDirection.Out, MessageNames.Of(message, connection.Endpoint.Definition), message.Length, null, "sent");
        }
    }

    public void Ended(int code, bool isByClient)
    {
        recording?.Ended(code, isByClient);
        Add(TraceDirection.Server, "end", 0, null, code == CloseMessage.NoClose ? "the client has disappeared" : $"closed {code} by the {(isByClient ? "client" : "server")}");
    }

    private static string NameOf(InboundMessage message) => message switch
    {
        EventMessage handled => handled.Topic,
        { TopicCall.Name: var topic } => topic,
        { Action.Name: { } action } => action,
        _ => message.Label,
    };

    private void Add(InboundMessage message, string? outcome)
    {
        var clock = connection.Endpoint.Clock;
        var duration = message.StartedAt == 0 ? (double?)null : Math.Round(clock.GetElapsedTime(message.StartedAt).TotalMilliseconds, 3);
        var error = _errors.TryGetValue(message, out var known) ? known.Value : default(ErrorInfo?);
        Add(
            message is ClientMessage ? TraceDirection.In : TraceDirection.Server, MessageNames.Shorten(NameOf(message)), message is ClientMessage client ? client.Length : 0, duration,
            outcome ?? error?.Name ?? message.Error?.GetType().Name ?? "ok", error?.ErrorId);
    }

    private void Add(TraceDirection direction, string name, int size, double? duration, string outcome, string? errorId = null) => trace?.Add(new TraceEntry(
        connection.Endpoint.Clock.GetUtcNow(), node, direction, connection.Id, connection.Name, name, size, duration, outcome, errorId));
}
