using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Akka.Actor;
using Pikku.Akka.Connections;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.EventHub;
using Pikku.Akka.Settings;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Diagnostics;

/// <summary>
/// Calls whose caller has stopped waiting, and which fail after that. Their failure concerns nobody, so it must not reach
/// <see cref="TaskScheduler.UnobservedTaskException"/>, which applications treat as a bug.
/// </summary>
public sealed class AbandonedTasksSpec
{
    private static readonly Topic<int> News = new("news");

    private readonly ManualTime _clock = new();
    private readonly string _text = $"{nameof(AbandonedTasksSpec)} {Guid.NewGuid()}"; // tells the failures of this test from those of others

    [Fact]
    public async Task A_task_that_nobody_observes_is_found_by_this_spec()
    {
        var unobserved = await UnobservedAsync(() =>
        {
            _ = Task.FromException(new InvalidOperationException(_text));
            return Task.CompletedTask;
        });

        Assert.Single(unobserved);
    }

    [Fact]
    public async Task A_task_that_fails_after_the_wait_was_cancelled_is_observed() => Assert.Empty(await UnobservedAsync(async () =>
    {
        var task = new TaskCompletionSource();
        await CancelAsync(token => task.Task.WaitOrAbandonAsync(token));

        task.SetException(new InvalidOperationException(_text));
    }));

    [Fact]
    public async Task A_task_that_fails_after_the_timeout_is_observed() => Assert.Empty(await UnobservedAsync(async () =>
    {
        var task = new TaskCompletionSource<int>();
        var waiting = task.Task.WaitOrAbandonAsync(TimeSpan.FromSeconds(1), _clock);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<TimeoutException>(() => waiting.Soon());

        task.SetException(new InvalidOperationException(_text));
    }));

    [Fact]
    public async Task A_task_that_fails_in_time_fails_its_caller()
    {
        var task = Task.FromException<int>(new InvalidOperationException(_text));

        Assert.Equal(_text, (await Assert.ThrowsAsync<InvalidOperationException>(() => task.WaitOrAbandonAsync(TimeSpan.FromSeconds(1), _clock))).Message);
        Assert.Equal(_text, (await Assert.ThrowsAsync<InvalidOperationException>(() => task.WaitOrAbandonAsync(CancellationToken.None))).Message);
    }

    [Fact]
    [Trait("Rule", "U3")]
    public async Task A_cancelled_subscription_of_server_code_may_fail_later_under_overload() => Assert.Empty(await UnobservedAsync(async () =>
    {
        var client = NewClient();
        client.Open([ActorRefs.Nobody]); // a lane that is blocked

        await CancelAsync(token => NewHub(client).SubscribeAsync(News, token).AsTask());

        client.FailOverdue();
        _clock.Advance(Settings.CallTimeout);
        client.FailOverdue();
        client.Fail(new InvalidOperationException(_text));
    }));

    [Fact]
    public async Task A_cancelled_call_before_the_start_may_fail_with_the_start() => Assert.Empty(await UnobservedAsync(async () =>
    {
        var client = NewClient();
        client.Starter = () =>
        {
            client.Begun();
            return Task.FromException(new InvalidOperationException(_text));
        };

        await CancelAsync(token => NewHub(client).SubscribeAsync(News, token).AsTask());
        await CancelAsync(client.StartedAsync);

        client.Fail(new InvalidOperationException(_text));
    }));

    private static EventHubSettings Settings { get; } = new()
    {
        MaxEventSize = 1000,
        MaxTopicLength = 200,
        MaxPendingPublishes = 1,
        MaxPendingSize = 1000,
        MaxPendingSubscribes = 10,
        CallTimeout = TimeSpan.FromMilliseconds(12_345),
        MaxBufferedSize = 1,
        AuthorizationParallelism = 1,
    };

    private HubClient NewClient() => new(Settings, TimeSpan.FromSeconds(30), _clock);

    private static ActorEventHub NewHub(HubClient client) =>
        new(client, Settings, new ConnectionDirectory(), JsonSerializerOptions.Web, new HubMetrics(new Meter(PikkuMetrics.MeterName)));

    private static async Task CancelAsync(Func<CancellationToken, Task> call)
    {
        using var source = new CancellationTokenSource();
        var calling = call(source.Token);
        Assert.False(calling.IsCompleted);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calling.Soon());
    }

    // The event belongs to the process, and other tests run at the same time.
    private async Task<IReadOnlyList<Exception>> UnobservedAsync(Func<Task> act)
    {
        var unobserved = new List<Exception>();
        TaskScheduler.UnobservedTaskException += Note;
        try
        {
            await ActAsync(act);
            // The failure of a task that nobody has awaited is reported when the task is finalized.
            for (var i = 0; i < 3; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Note;
        }

        return unobserved;

        void Note(object? _, UnobservedTaskExceptionEventArgs e)
        {
            if (e.Exception.ToString() is var text && (text.Contains(_text, StringComparison.Ordinal) || text.Contains($"{Settings.CallTimeout}", StringComparison.Ordinal)))
                lock (unobserved)
                    unobserved.Add(e.Exception);
        }
    }

    // In a frame of its own, so that no local variable of the caller keeps the tasks alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task ActAsync(Func<Task> act)
    {
        await act();
        await Task.Yield();
    }
}
