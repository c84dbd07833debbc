using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>Waits for what nobody announces: a place given back, an entry removed.</summary>
internal static class Eventually
{
    /// <summary>How long anything may take on a busy machine before it counts as never.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(60);

    private static TimeSpan Interval { get; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Returns once the condition holds.</summary>
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
