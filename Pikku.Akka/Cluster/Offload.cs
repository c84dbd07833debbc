namespace Pikku.Akka.Cluster;

/// <summary>
/// Runs code of the application, such as getters, converters and cancellation callbacks, on the thread pool. There it can neither block nor restart an actor
/// that several connections share.
/// </summary>
internal static class Offload
{
    /// <summary>Runs an action, which has to catch all exceptions of the application's code.</summary>
    public static void Run<TState>(Action<TState> action, TState state) =>
        ThreadPool.UnsafeQueueUserWorkItem(static work => work.action(work.state), (action, state), preferLocal: false);
}
