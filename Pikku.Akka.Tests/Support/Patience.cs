namespace Pikku.Akka.Tests.Support;

/// <summary>How long a test waits for what must happen.</summary>
internal static class Patience
{
    // Never waited for in full unless the test fails; long enough for a machine that is busy with other things.
    public static TimeSpan Long { get; } = TimeSpan.FromSeconds(20);

    /// <summary>The task, or a failure when it takes too long.</summary>
    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(Long);

    /// <inheritdoc cref="Soon{T}(Task{T})"/>
    public static Task Soon(this Task task) => task.WaitAsync(Long);
}
