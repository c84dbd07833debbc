namespace Pikku.Akka.Channels;

/// <summary>
/// Carries a connection to its client. This is a port, so that this folder does not depend on sockets: a WebSocket is one transport, an event stream is another.
/// A transport takes the messages of the connection from its <see cref="Outbox"/> and writes them in its own format.
/// </summary>
/// <remarks>
/// The port has no method to close, because no close may overtake the messages that were sent before it. Instead, a close is the last message of the outbox
/// (<see cref="Protocol.MessageKind.Close"/>), and the transport translates it, for example into a close frame or the end of a stream. All methods may be
/// called from any thread, and all of them return at once.
/// </remarks>
internal interface IConnectionTransport
{
    /// <summary>The name of the transport in metrics.</summary>
    string Kind { get; }

    /// <summary>The address of the client; null when it is not known or the connection has ended.</summary>
    string? Address => null;

    /// <summary>True when the connection exists for one subscription and ends with it.</summary>
    bool ServesOneSubscription => false;

    /// <summary>True when the transport keeps the position of its subscription for the client.</summary>
    bool KeepsPosition => false;

    /// <summary>Starts the transport for a new connection. Called once, before any other method.</summary>
    /// <param name="outbox">The messages of the connection will wait in it.</param>
    /// <param name="report">Learns what the transport has done.</param>
    void Start(Outbox outbox, ITransportReport report);

    /// <summary>
    /// Requests that the waiting messages are written soon. Called once after each <see cref="Outbox.TryTake"/> that returned false, so that at most one run of
    /// the transport takes messages at a time.
    /// </summary>
    void Write();

    /// <summary>Requests that the run that <see cref="Write"/> requested starts now, on another thread, because many messages wait and it has not started.</summary>
    void WriteNow();

    /// <summary>Sends a ping to the client, if the transport supports pings.</summary>
    void Ping();

    /// <summary>Aborts the connection without a close message. Messages that still wait are lost.</summary>
    void Abort();
}
