namespace Pikku.Akka.Channels;

/// <summary>Empties an outbox into a socket: a port, so that nothing here knows of sockets.</summary>
internal interface IOutboxWriter
{
    /// <summary>Something waits. Called once for each time that the writer has rested; returns at once.</summary>
    void Wake();

    /// <summary>Much waits, and the writer has been woken but has not begun: it is to begin now, on another thread. Returns at once.</summary>
    void Hurry();
}
