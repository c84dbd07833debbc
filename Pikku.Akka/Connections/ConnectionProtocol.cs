using Akka.Actor;
using Akka.Event;
using Pikku.Akka.Channels;

namespace Pikku.Akka.Connections;

/// <summary>
/// What connections and their parent understand, beside what channels tell them, and beside <see cref="ClientMessage"/>, by which the receive loop
/// tells what it has read. All of it stays on the node.
/// </summary>
internal static class ConnectionProtocol
{
    /// <summary>To the parent: a socket has been upgraded; make its actor.</summary>
    /// <param name="Connection">The connection.</param>
    /// <param name="Opened">Completes when the actor is there.</param>
    /// <param name="Ended">Completes when everything is over, <c>onDisconnect</c> included.</param>
    public sealed record Open(Connection Connection, TaskCompletionSource Opened, TaskCompletionSource Ended)
        : INoSerializationVerificationNeeded;

    /// <summary>To a connection: its socket is gone.</summary>
    /// <param name="Code">The close code that it ended with; 1006 when there was none.</param>
    public sealed record SocketEnded(int Code) : INoSerializationVerificationNeeded;

    /// <summary>To a connection: check the deadlines of what is under way.</summary>
    public sealed record CheckDeadlines : INoSerializationVerificationNeeded
    {
        public static CheckDeadlines Instance { get; } = new();
    }

    /// <summary>To a connection: its session has expired.</summary>
    public sealed record SessionExpired : INoSerializationVerificationNeeded
    {
        public static SessionExpired Instance { get; } = new();
    }

    /// <summary>To the parent, and on to every connection: finish what has been received, then close with 1001.</summary>
    public sealed record Drain : INoSerializationVerificationNeeded
    {
        public static Drain Instance { get; } = new();
    }

    /// <summary>To the parent, by its timer: drain the next connections.</summary>
    public sealed record DrainNext : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static DrainNext Instance { get; } = new();
    }

    /// <summary>To the parent, by its timer: look for connections that are idle, dead, late or expired.</summary>
    public sealed record Sweep : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static Sweep Instance { get; } = new();
    }
}
