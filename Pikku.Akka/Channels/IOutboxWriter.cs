namespace Pikku.Akka.Channels;

/// <summary>Empties an outbox into a socket: a port, so that nothing here knows of sockets.</summary>
internal interface IOutboxWriter
{
    /// <summary>Something waits. Called once for each time that the writer has rested; returns at once.</summary>
    void Wake();
}
