using Akka.Dispatch;

namespace Pikku.Akka.Dispatch;

/// <summary>Runs actors as parts of cascades.</summary>
internal sealed class CascadeExecutor(string id) : ExecutorService(id)
{
    public override void Execute(IRunnable run) => Cascade.RunNext(run);

    // The threads are the pool's.
    public override void Shutdown() { }
}
