namespace Pikku.Akka.WebSockets;

/// <summary>What the bytes that a <see cref="FrameReader"/> has read come to.</summary>
internal enum ReadOutcome
{
    /// <summary>Nothing yet: everything was read, and more has to come.</summary>
    NeedsMore,

    /// <summary>A text message is complete.</summary>
    Text,

    /// <summary>A binary message is complete.</summary>
    Binary,

    /// <summary>A ping is to be answered.</summary>
    Ping,

    /// <summary>A pong came; nothing is to be done.</summary>
    Pong,

    /// <summary>The client closes. Nothing after it is read.</summary>
    Close,

    /// <summary>The client broke the protocol or a limit. Told once.</summary>
    Violation,
}
