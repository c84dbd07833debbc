namespace Pikku.Akka;

/// <summary>The close codes that a connection may end with (RFC 6455 §7.4 and the IANA registry), and what a client should do.</summary>
public enum CloseCode
{
    /// <summary>Done. Do not reconnect by yourself.</summary>
    Normal = 1000,

    /// <summary>The node drains. Reconnect at once, with jitter; another node or the next process answers.</summary>
    GoingAway = 1001,

    /// <summary>The client broke the WebSocket protocol. Do not reconnect before it is mended.</summary>
    ProtocolError = 1002,

    /// <summary>The client sent a kind of data that is not taken. Do not reconnect before it is mended.</summary>
    UnsupportedData = 1003,

    /// <summary>A text message or the reason of a close frame was not UTF-8. Do not reconnect before it is mended.</summary>
    InvalidPayload = 1007,

    /// <summary>
    /// Refused by policy: not signed in, not allowed, too fast, or a message in too many fragments or that took too long. Sign in again or slow
    /// down, then reconnect.
    /// </summary>
    PolicyViolation = 1008,

    /// <summary>A message was above the limit. Send smaller ones.</summary>
    MessageTooBig = 1009,

    /// <summary>The server failed. Reconnect with back-off.</summary>
    InternalError = 1011,

    /// <summary>The client read too slowly, or the node is overloaded. Reconnect with back-off and fetch what was missed.</summary>
    TryAgainLater = 1013,
}
