namespace Pikku.Akka.Tests.Interoperability;

/// <summary>What not every WebSocket client lets a program do.</summary>
[Flags]
internal enum Abilities
{
    None = 0,

    /// <summary>Sends a message in several frames.</summary>
    Fragments = 1,

    /// <summary>Sends text that is not UTF-8.</summary>
    AnyText = 2,

    /// <summary>Sends pings when the program says so.</summary>
    Pings = 4,

    /// <summary>Offers compression with the parameters that the program chooses, or none.</summary>
    Parameters = 8,

    All = Fragments | AnyText | Pings | Parameters,
}
