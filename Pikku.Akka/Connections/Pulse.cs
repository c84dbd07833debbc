namespace Pikku.Akka.Connections;

/// <summary>The result of a liveness check of a connection.</summary>
internal enum Pulse
{
    /// <summary>No action is needed.</summary>
    Alive,

    /// <summary>It is time to ping the client.</summary>
    Ping,

    /// <summary>The client was pinged and did not answer in time.</summary>
    Dead,
}
