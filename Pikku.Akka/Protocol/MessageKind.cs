namespace Pikku.Akka.Protocol;

/// <summary>What an encoded message is to the transport that sends it.</summary>
internal enum MessageKind : byte
{
    /// <summary>Text, as UTF-8.</summary>
    Text,

    /// <summary>Bytes of the application.</summary>
    Binary,

    /// <summary>The end of the connection: see <see cref="CloseMessage"/>. Nothing follows it.</summary>
    Close,

    /// <summary>Asks the client for a sign of life.</summary>
    Ping,

    /// <summary>Answers a ping of the client with its payload.</summary>
    Pong,
}
