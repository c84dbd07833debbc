namespace Pikku.Akka.WebSockets;

/// <summary>The result of reading bytes with a <see cref="FrameReader"/>.</summary>
internal enum ReadOutcome
{
    /// <summary>All bytes were read, and more bytes are needed.</summary>
    NeedsMore,

    /// <summary>A text message is complete.</summary>
    Text,

    /// <summary>A binary message is complete.</summary>
    Binary,

    /// <summary>A ping was received and has to be answered.</summary>
    Ping,

    /// <summary>A pong was received; no action is needed.</summary>
    Pong,

    /// <summary>A close frame was received. Nothing is read after it.</summary>
    Close,

    /// <summary>The client has violated the protocol or a limit. Returned once.</summary>
    Violation,
}
