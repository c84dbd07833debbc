using Akka.Dispatch;

namespace Pikku.Akka.Dispatch;

/// <summary>Runs actors as items of cascades.</summary>
internal sealed class CascadeExecutor(string id) : ExecutorService(id)
{
    public override void Execute(IRunnable run) => Cascade.RunNext(run);

    // The threads belong to the thread pool.
    public override void Shutdown() { }
}
