using System.Runtime.CompilerServices;
using Pikku.Akka;

namespace Conformance.Channels;

/// <summary>The streams of the channel <c>boards</c>, and a call that clients cancel.</summary>
public static class BoardsStreams
{
    public static PikkuBuilder WireBoardsStreams(this PikkuBuilder pikku) => pikku
        .ConfigureChannel("boards", channel =>
        {
            channel.MapAction("count", (CountInput input) => CountAsync(input.To)).AllowAnonymous();
            channel.MapAction("countThrow", (CountInput input) => CountAndThrowAsync(input.To)).AllowAnonymous();
            channel.MapAction("drip", (DripInput input, CancellationToken cancellation) => DripAsync(input, cancellation)).AllowAnonymous();
            channel.MapAction("sleep", async (SleepInput input, CancellationToken cancellation) =>
            {
                await Task.Delay(input.Ms, cancellation);
                return new { slept = true };
            }).AllowAnonymous();
        });

    private static IAsyncEnumerable<int> CountAsync(int to) => Enumerable.Range(1, to).ToAsyncEnumerable();

    private static async IAsyncEnumerable<int> CountAndThrowAsync(int to)
    {
        await foreach (var number in CountAsync(to))
            yield return number;
        throw new NotFoundError("for the log alone");
    }

    private static async IAsyncEnumerable<int> DripAsync(DripInput input, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var number = 1; number <= input.To; number++)
        {
            yield return number;
            await Task.Delay(input.Ms, cancellation);
        }
    }

    public sealed record CountInput(int To);

    public sealed record DripInput(int To, int Ms);

    public sealed record SleepInput(int Ms);
}
