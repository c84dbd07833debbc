namespace Pikku.Akka.Settings;

/// <summary>Which threads run what a socket has received.</summary>
internal enum DispatchMode
{
    /// <summary>Threads of the pool, each socket as a work item of its own.</summary>
    Balanced,

    /// <summary>The thread of the pool that learns that the socket is ready.</summary>
    Latency,

    /// <summary>The thread that waits for all sockets.</summary>
    Efficiency,
}
