namespace Pikku.Akka.Channels;

/// <summary>What a connection has to do next, in its order.</summary>
internal enum ExchangeKind
{
    /// <summary>A text frame.</summary>
    Text,

    /// <summary>A binary frame.</summary>
    Binary,

    /// <summary><c>onConnect</c>.</summary>
    Connect,

    /// <summary><c>onDisconnect</c>.</summary>
    Disconnect,

    /// <summary>A handler of the hub's callback form.</summary>
    Event,
}
