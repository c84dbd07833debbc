using System.Reflection;

namespace Pikku.Akka.Functions;

/// <summary>
/// Turns a function that returns a stream into one that sends the items itself and completes when the stream has ended. Middleware, the services of the
/// call and its span therefore last as long as the stream.
/// </summary>
internal static class StreamBody
{
    // An enumerator that always completes synchronously must not keep a thread of the pool to itself.
    private const int ItemsBetweenYields = 64;

    /// <summary>The type of the items when a result of this type is a stream; null when it is not.</summary>
    public static Type? ItemOf(Type result) =>
        result.IsGenericType && result.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>) ? result.GenericTypeArguments[0] : null;

    /// <summary>True for a type whose values can only be enumerated asynchronously.</summary>
    public static bool IsStream(Type type) =>
        ItemOf(type) is not null || type.GetInterfaces().Any(implemented => ItemOf(implemented) is not null);

    /// <summary>Returns the body that sends the items of <paramref name="body"/>.</summary>
    /// <param name="body">A body whose result is a stream.</param>
    /// <param name="item">The type of the items.</param>
    public static FunctionBody<TIn, NoData> Of<TIn, TOut>(FunctionBody<TIn, TOut> body, Type item) =>
        (FunctionBody<TIn, NoData>)typeof(StreamBody).GetMethod(nameof(OfItems), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(typeof(TIn), item).Invoke(null, [body])!;

    private static FunctionBody<TIn, NoData> OfItems<TIn, TItem>(FunctionBody<TIn, IAsyncEnumerable<TItem>> body) =>
        new((services, input, context) => SendAllAsync(body.Run(services, input, context), context));

    private static async ValueTask<NoData> SendAllAsync<TItem>(ValueTask<IAsyncEnumerable<TItem>> starting, PikkuContext context)
    {
        var items = await starting.ConfigureAwait(false)
            ?? throw new InvalidOperationException("The function returned null instead of a stream.");
        var sink = context.OpenStream();
        var enumerator = items.GetAsyncEnumerator(context.CancellationToken);
        await using (enumerator.ConfigureAwait(false))
        {
            for (var count = 1; ; count++)
            {
                await sink.WaitForRoomAsync().ConfigureAwait(false);
                if (!await enumerator.MoveNextAsync().ConfigureAwait(false))
                    return default;
                await sink.SendAsync(enumerator.Current).ConfigureAwait(false);
                if (count % ItemsBetweenYields == 0)
                    await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            }
        }
    }
}
