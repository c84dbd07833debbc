using Pikku.Akka.Diagnostics;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Diagnostics;

/// <summary>No failure of a task is lost because nobody awaits the task any more.</summary>
public sealed class BackgroundTasksSpec : IDisposable
{
    private const string Work = "The work";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly RecordingLog<PikkuLog> _log = new();
    private readonly RecordingMeters _meters = new();
    private readonly ManualTime _clock = new();
    private readonly TaskCompletionSource<int> _task = new();
    private readonly BackgroundTasks _background;

    public BackgroundTasksSpec() => _background = new BackgroundTasks(new PikkuLog(_log), new PikkuMetrics(_meters));

    public void Dispose() => _meters.Dispose();

    [Fact]
    public void A_task_that_fails_later_is_logged_and_counted()
    {
        _background.Observe(_task.Task, Work);
        Assert.Equal(0, Failures);

        _task.SetException(new InvalidOperationException("late"));

        AssertFailedOnce();
    }

    [Fact]
    public void A_task_that_has_failed_already_is_logged_and_counted()
    {
        _task.SetException(new InvalidOperationException("early"));

        _background.Observe(_task.Task, Work);

        AssertFailedOnce();
    }

    [Fact]
    public void A_cancelled_task_is_no_failure()
    {
        _background.Observe(_task.Task, Work);

        _task.SetCanceled();

        Assert.Equal((0, 0), (Failures, _log.Entries.Count));
    }

    [Fact]
    public async Task Work_that_fails_after_the_wait_was_cancelled_is_logged_and_counted()
    {
        using var source = new CancellationTokenSource();
        var waiting = _background.WaitAsync(_task.Task, Work, source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAsync<TaskCanceledException>(() => waiting);

        _task.SetException(new InvalidOperationException("late"));

        AssertFailedOnce();
    }

    [Fact]
    public async Task Work_that_fails_after_its_timeout_is_logged_and_counted()
    {
        var waiting = _background.WaitAsync(_task.Task, Work, Timeout, _clock);
        _clock.Advance(Timeout);
        await Assert.ThrowsAsync<TimeoutException>(() => waiting);

        _task.SetException(new TimeoutException("late"));

        AssertFailedOnce();
    }

    [Fact]
    public async Task Work_that_fails_in_time_fails_for_its_caller_only()
    {
        var waiting = _background.WaitAsync(_task.Task, Work, Timeout, _clock);

        _task.SetException(new TimeoutException("in time"));

        Assert.Equal("in time", (await Assert.ThrowsAsync<TimeoutException>(() => waiting)).Message);
        Assert.Equal((0, 0), (Failures, _log.Entries.Count));
    }

    private long Failures => _meters["pikku.background.failures"];

    private void AssertFailedOnce()
    {
        Assert.Equal(1, Failures);
        Assert.Equal(43, Assert.Single(_log.Entries).Id.Id);
    }
}
