namespace Pikku.Akka.Cluster;

/// <summary>
/// Runs code of the application, such as getters, converters and what is registered with a cancellation, on a thread of the pool. Whatever it does
/// there, it neither holds up nor restarts an actor that others wait for.
/// </summary>
internal static class Offload
{
    /// <summary>Runs an action that catches everything that its own code can't vouch for.</summary>
    public static void Run<TState>(Action<TState> action, TState state) =>
        ThreadPool.UnsafeQueueUserWorkItem(static work => work.action(work.state), (action, state), preferLocal: false);
}
