namespace Pikku.Akka.Connections;

/// <summary>What the sweep finds about the other end of a connection.</summary>
internal enum Pulse
{
    /// <summary>Nothing is to be done.</summary>
    Alive,

    /// <summary>It is time to ping the client.</summary>
    Ping,

    /// <summary>The client was pinged and did not answer in time.</summary>
    Dead,
}
