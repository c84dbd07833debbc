namespace Pikku.Akka.Channels;

/// <summary>The effects that a completed message can have on the lifecycle of its connection. This is a port, so that messages do not depend on the actor.</summary>
internal interface IConnectionLife
{
    /// <summary><c>onConnect</c> has succeeded: the messages of the client may start.</summary>
    void Open();

    /// <summary>The message was malformed or matched no action. Such messages use more of the message rate.</summary>
    void CountViolation();

    /// <summary>The message has left the in-flight window because its stream has begun.</summary>
    void KeepStream(ClientMessage message);

    /// <summary>Starts no more messages, and sends the close frame after all messages that were sent so far.</summary>
    void Close(CloseCode code, string reason);

    /// <summary><c>onDisconnect</c> has completed: the connection has ended.</summary>
    void End();
}
