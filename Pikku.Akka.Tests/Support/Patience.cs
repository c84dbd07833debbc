namespace Pikku.Akka.Tests.Support;

/// <summary>How long a test waits for an expected event.</summary>
internal static class Patience
{
    // Reached only if the test fails; long enough for a busy machine.
    public static TimeSpan Long { get; } = TimeSpan.FromSeconds(60);

    /// <summary>The task, or a failure if it takes too long.</summary>
    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(Long);

    /// <inheritdoc cref="Soon{T}(Task{T})"/>
    public static Task Soon(this Task task) => task.WaitAsync(Long);
}
