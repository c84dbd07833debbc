using System.Reflection;

namespace Pikku.Akka.Functions;

/// <summary>Converts the return value of a delegate (nothing, a value, a task or a value task) to a <see cref="ValueTask{TResult}"/>.</summary>
internal static class Results
{
    /// <summary>The type of the result, and the method that converts it; null when no conversion is needed.</summary>
    public static (Type Output, MethodInfo? Wrap) Of(Type returned) => returned switch
    {
        _ when IsVoid(returned) => (typeof(NoData), Method(nameof(VoidAsync))),
        _ when returned == typeof(Task) => (typeof(NoData), Method(nameof(OfTaskAsync))),
        _ when returned == typeof(ValueTask) => (typeof(NoData), Method(nameof(OfValueTaskAsync))),
        { IsGenericType: true } when returned.GetGenericTypeDefinition() == typeof(ValueTask<>) => (returned.GenericTypeArguments[0], null),
        { IsGenericType: true } when returned.GetGenericTypeDefinition() == typeof(Task<>) =>
            (returned.GenericTypeArguments[0], Method(nameof(OfTaskOfAsync)).MakeGenericMethod(returned.GenericTypeArguments)),
        _ => (returned, Method(nameof(OfValueAsync)).MakeGenericMethod(returned)),
    };

    public static bool IsVoid(Type returned) => returned == typeof(void);

    private static ValueTask<NoData> VoidAsync(Action run)
    {
        run();
        return default;
    }

    private static async ValueTask<NoData> OfTaskAsync(Task task)
    {
        await task.ConfigureAwait(false);
        return default;
    }

    private static ValueTask<NoData> OfValueTaskAsync(ValueTask task)
    {
        return task.IsCompletedSuccessfully ? default : Slow(task);

        static async ValueTask<NoData> Slow(ValueTask task)
        {
            await task.ConfigureAwait(false);
            return default;
        }
    }

    private static ValueTask<T> OfTaskOfAsync<T>(Task<T> task) => new(task);

    private static ValueTask<T> OfValueAsync<T>(T value) => new(value);

    private static MethodInfo Method(string name) => typeof(Results).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)!;
}
