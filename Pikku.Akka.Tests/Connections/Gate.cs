using Pikku.Akka.Tests.Support;

namespace Pikku.Akka.Tests.Connections;

/// <summary>Blocks a function until the test releases it.</summary>
internal sealed class Gate
{
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when a function waits here.</summary>
    public Task Entered => _entered.Task.Soon();

    public bool HasBeenEntered => _entered.Task.IsCompleted;

    public void Open() => _opened.TrySetResult();

    public async Task PassAsync()
    {
        _entered.TrySetResult();
        await _opened.Task;
    }
}
