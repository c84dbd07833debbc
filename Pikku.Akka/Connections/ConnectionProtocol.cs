using Akka.Actor;
using Akka.Event;
using Pikku.Akka.Channels;

namespace Pikku.Akka.Connections;

/// <summary>
/// The messages to connections and to their parent, in addition to those of <see cref="ChannelProtocol"/> and to <see cref="ClientMessage"/>, which the receive
/// loop sends. All of these messages stay on the node.
/// </summary>
internal static class ConnectionProtocol
{
    /// <summary>To the parent: a socket has been upgraded; create the actor of its connection.</summary>
    /// <param name="Connection">The connection.</param>
    /// <param name="Opened">Completes when the actor exists.</param>
    /// <param name="Ended">Completes when the connection has ended, including <c>onDisconnect</c>.</param>
    public sealed record Open(Connection Connection, TaskCompletionSource Opened, TaskCompletionSource Ended)
        : INoSerializationVerificationNeeded;

    /// <summary>To a connection: its socket has ended.</summary>
    /// <param name="Code">The close code with which it ended; 1006 when there was none.</param>
    public sealed record SocketEnded(int Code) : INoSerializationVerificationNeeded;

    /// <summary>To a connection: check the deadlines of the running messages.</summary>
    public sealed record CheckDeadlines : INoSerializationVerificationNeeded
    {
        public static CheckDeadlines Instance { get; } = new();
    }

    /// <summary>To a connection: its session has expired.</summary>
    public sealed record SessionExpired : INoSerializationVerificationNeeded
    {
        public static SessionExpired Instance { get; } = new();
    }

    /// <summary>To the parent, which forwards it to every connection: process the messages that were received, then close with 1001.</summary>
    public sealed record Drain : INoSerializationVerificationNeeded
    {
        public static Drain Instance { get; } = new();
    }

    /// <summary>To the parent, by its timer, which forwards it to every connection: end the streams, because the node drains and they have not ended by themselves.</summary>
    public sealed record EndStreams : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static EndStreams Instance { get; } = new();
    }

    /// <summary>To the parent, by its timer: drain the next connections.</summary>
    public sealed record DrainNext : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static DrainNext Instance { get; } = new();
    }

    /// <summary>To the parent, by its timer: ping the next clients that are due.</summary>
    public sealed record PingNext : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static PingNext Instance { get; } = new();
    }

    /// <summary>To the parent, by its timer: check all connections for idle time, missing pongs, deadlines and expired sessions.</summary>
    public sealed record Sweep : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static Sweep Instance { get; } = new();
    }
}
