namespace Pikku.Akka.Tests.Support;

/// <summary>How long a test waits for an expected event.</summary>
internal static class Patience
{
    // Reached only if the test fails. Long enough for a busy machine, and shorter than the 30 s after which functions and hosts give up by
    // themselves, which would otherwise look like success.
    public static TimeSpan Long { get; } = TimeSpan.FromSeconds(20);

    /// <summary>The task, or a failure if it takes too long.</summary>
    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(Long);

    /// <inheritdoc cref="Soon{T}(Task{T})"/>
    public static Task Soon(this Task task) => task.WaitAsync(Long);
}
