namespace Pikku.Akka.Channels;

/// <summary>
/// What carries a connection to its client: a port, so that nothing here knows of sockets. A WebSocket is one transport, a stream of events can
/// be another. A transport takes the messages of the connection out of its <see cref="Outbox"/> and writes them in its own form.
/// </summary>
/// <remarks>
/// Closing is no operation of the port, because nothing may overtake what was sent before it: a close is the last message of the outbox
/// (<see cref="Protocol.MessageKind.Close"/>), and the transport makes of it what it has, such as a close frame or the end of a stream. Any thread
/// calls any of these methods, and all of them return at once.
/// </remarks>
internal interface IConnectionTransport
{
    /// <summary>The connection has been made, and its messages will wait in this outbox. Called once, before any other method.</summary>
    void Start(Outbox outbox);

    /// <summary>
    /// Messages wait in the outbox and are to be written soon. Called once for each time that <see cref="Outbox.TryTake"/> has returned false, so
    /// that at most one run of the transport takes messages at a time.
    /// </summary>
    void Write();

    /// <summary>Much waits, and the run that <see cref="Write"/> asked for has not begun: it is to begin now, on another thread.</summary>
    void WriteNow();

    /// <summary>Asks the client for a sign of life, if the transport has a way to do so.</summary>
    void Ping();

    /// <summary>Cuts the connection off, without a close message. Whatever still waits is lost.</summary>
    void Abort();
}
