namespace Pikku.Akka.Protocol;

/// <summary>The kind of an encoded message, which determines how the transport sends it.</summary>
internal enum MessageKind : byte
{
    /// <summary>Text, as UTF-8.</summary>
    Text,

    /// <summary>Binary data of the application.</summary>
    Binary,

    /// <summary>The close message (see <see cref="CloseMessage"/>), which no other message follows.</summary>
    Close,

    /// <summary>A ping, which the client must answer.</summary>
    Ping,

    /// <summary>The answer to a ping of the client, with the same payload.</summary>
    Pong,
}
