namespace Pikku.Akka.Protocol;

/// <summary>What a message says about the position of a client in a topic with history (rules P2 and P3).</summary>
internal enum PositionPart : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>An event that ends with its number: <c>,"at":"…"}</c>.</summary>
    Event,

    /// <summary>The number of an event that this client does not get: <c>{"topic":…,"at":"…"}</c>.</summary>
    Tick,

    /// <summary>The complete position: <c>{"topic":…,"position":"…"}</c>.</summary>
    Refresh,
}
