namespace Pikku.Akka.Connections;

/// <summary>What the sweep finds about the other end of a connection.</summary>
internal enum Pulse
{
    /// <summary>Nothing is to be done.</summary>
    Alive,

    /// <summary>It is time to ask whether the client is still there.</summary>
    Ask,

    /// <summary>The client was asked and did not answer in time.</summary>
    Dead,
}
