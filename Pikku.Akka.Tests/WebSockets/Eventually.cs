using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>Polls for changes that are not signaled, such as a slot that is released or an entry that is removed.</summary>
internal static class Eventually
{
    /// <summary>The timeout, long enough for a busy machine.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(60);

    private static TimeSpan Interval { get; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Returns when the condition is true, and fails after the timeout.</summary>
    public static Task Holds(Func<bool> condition, string what) => Holds(() => Task.FromResult(condition()), what);

    /// <inheritdoc cref="Holds(Func{bool}, string)"/>
    public static async Task Holds(Func<Task<bool>> condition, string what)
    {
        using var timer = new PeriodicTimer(Interval);
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, $"Never: {what}");
            await timer.WaitForNextTickAsync();
        }
    }
}
