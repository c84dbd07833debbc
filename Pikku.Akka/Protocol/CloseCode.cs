namespace Pikku.Akka;

/// <summary>The close codes of a connection (RFC 6455 §7.4 and the IANA registry), and how a client should react.</summary>
public enum CloseCode
{
    /// <summary>Normal end. Do not reconnect automatically.</summary>
    Normal = 1000,

    /// <summary>The node drains. Reconnect at once, with jitter; another node or the next process accepts the connection.</summary>
    GoingAway = 1001,

    /// <summary>The client violated the WebSocket protocol. Do not reconnect before the client is fixed.</summary>
    ProtocolError = 1002,

    /// <summary>The client sent an unsupported kind of data. Do not reconnect before the client is fixed.</summary>
    UnsupportedData = 1003,

    /// <summary>A text message or the reason of a close frame was not UTF-8. Do not reconnect before the client is fixed.</summary>
    InvalidPayload = 1007,

    /// <summary>
    /// Refused by policy: no session, no permission, a rate that is too high, or a message in too many fragments or that took too long. Sign in again
    /// or slow down, then reconnect.
    /// </summary>
    PolicyViolation = 1008,

    /// <summary>A message was above the limit. Send smaller messages.</summary>
    MessageTooBig = 1009,

    /// <summary>The server failed. Reconnect with back-off.</summary>
    InternalError = 1011,

    /// <summary>The client read too slowly, or the node is overloaded. Reconnect with back-off and fetch the missed events.</summary>
    TryAgainLater = 1013,
}
