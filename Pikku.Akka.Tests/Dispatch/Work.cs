namespace Pikku.Akka.Tests.Dispatch;

/// <summary>A work item that notes where and how often it has run.</summary>
internal sealed class Work(Action? run = null) : IThreadPoolWorkItem
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _runs;

    /// <summary>Completes when it has run.</summary>
    public Task Done => _done.Task;

    public int Runs => Volatile.Read(ref _runs);

    /// <summary>The thread that it ran on.</summary>
    public Thread? Thread { get; private set; }

    public void Execute()
    {
        Thread = Thread.CurrentThread;
        Interlocked.Increment(ref _runs);
        run?.Invoke();
        _done.TrySetResult();
    }
}
