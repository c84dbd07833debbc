using Akka.Actor;
using Akka.Event;
using Pikku.Akka.Diagnostics;

namespace Pikku.Akka.Cluster;

/// <summary>Logs and counts the messages of other nodes that this node does not understand. Thread-safe.</summary>
/// <param name="log">Receives one line per minute for each node, version and kind.</param>
/// <param name="metrics">Counts the messages.</param>
/// <param name="clock">Limits how often the same line is logged.</param>
internal sealed class RefusedMessages(ILoggingAdapter log, ClusterMetrics metrics, TimeProvider clock)
{
    /// <summary>A node of another version sends several messages per second. The operator needs the line once, and again while the problem continues.</summary>
    private static readonly TimeSpan LogInterval = TimeSpan.FromMinutes(1);

    /// <summary>More than the number of nodes in a cluster. Above it, lines are logged again as if they were new.</summary>
    private const int MaxRemembered = 256;

    private readonly Lock _lock = new();
    private readonly Dictionary<(Address Node, UnreadableMessage Message), long> _logged = [];

    /// <summary>Refuses a message of another major version, and ignores an unknown kind of message.</summary>
    /// <param name="node">The address of the sender.</param>
    /// <param name="message">The message.</param>
    public void Refuse(Address node, UnreadableMessage message)
    {
        var now = clock.GetTimestamp();
        metrics.MessageRefused(message.Kind is null ? "version" : "kind");
        lock (_lock)
        {
            if (_logged.TryGetValue((node, message), out var last) && clock.GetElapsedTime(last, now) < LogInterval)
                return;
            if (_logged.Count >= MaxRemembered)
                _logged.Clear();
            _logged[(node, message)] = now;
        }

        if (message.Kind is { } kind)
            log.Warning(
                "{Node} sends messages of kind {Kind} in version {Version} of the messages between nodes. This node knows version {Own} and ignores them",
                NodeName.Of(node), kind, message.Version, WireVersion.Current);
        else
            log.Error(
                "{Node} sends messages in version {Version} of the messages between nodes, and this node understands version {Own}. It refuses them. "
                + "Run the same major version on all nodes",
                NodeName.Of(node), message.Version, WireVersion.Current);
    }
}
