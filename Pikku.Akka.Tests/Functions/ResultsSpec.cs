using Pikku.Akka.Functions;
using Xunit;

namespace Pikku.Akka.Tests.Functions;

/// <summary>Every return value of a delegate is converted to a value task; the result is <see cref="NoData"/> if there is none.</summary>
public sealed class ResultsSpec
{
    private static readonly TaskCompletionSource Never = new();

    public static TheoryData<string, Delegate, object> Returning => new()
    {
        { "void", () => { }, default(NoData) },
        { "value", () => 1, 1 },
        { "task", () => Task.CompletedTask, default(NoData) },
        { "task that yields", async Task () => await Task.Yield(), default(NoData) },
        { "task of value", () => Task.FromResult(1), 1 },
        { "task of value that yields", async Task<int> () => { await Task.Yield(); return 1; }, 1 },
        { "value task", () => ValueTask.CompletedTask, default(NoData) },
        { "value task that yields", async ValueTask () => await Task.Yield(), default(NoData) },
        { "value task of value", () => ValueTask.FromResult(1), 1 },
        { "value task of value that yields", async ValueTask<int> () => { await Task.Yield(); return 1; }, 1 },
    };

    public static TheoryData<string, Delegate> Throwing => new()
    {
        { "void", void () => throw new NotFoundError() },
        { "value", int () => throw new NotFoundError() },
        { "task at once", Task () => throw new NotFoundError() },
        { "task", async Task () => { await Task.Yield(); throw new NotFoundError(); } },
        { "task of value", async Task<int> () => { await Task.Yield(); throw new NotFoundError(); } },
        { "value task", async ValueTask () => { await Task.Yield(); throw new NotFoundError(); } },
        { "value task that has failed", () => ValueTask.FromException(new NotFoundError()) },
        { "value task of value", async ValueTask<int> () => { await Task.Yield(); throw new NotFoundError(); } },
    };

    [Theory, MemberData(nameof(Returning))]
    public async Task Converts_every_kind_of_result(string kind, Delegate handler, object expected) =>
        Assert.Equal((kind, expected), (kind, await RunAsync(handler)));

    [Theory, MemberData(nameof(Throwing))]
    public async Task Converts_every_kind_of_failure(string kind, Delegate handler)
    {
        var failed = await Record.ExceptionAsync(() => RunAsync(handler));

        Assert.Equal((kind, typeof(NotFoundError)), (kind, failed?.GetType()));
    }

    [Fact]
    public void Does_not_block_on_an_incomplete_task()
    {
        var body = (FunctionBody<NoData, NoData>)Bind(() => Never.Task);

        Assert.False(body.Run(null!, default, null!).AsTask().IsCompleted);
    }

    [Fact]
    public void Completes_synchronously_when_the_delegate_does() =>
        Assert.True(((FunctionBody<NoData, int>)Bind(() => ValueTask.FromResult(7))).Run(null!, default, null!).AsTask().IsCompletedSuccessfully);

    private static FunctionBody Bind(Delegate handler) => new FunctionBinder(null).Bind(FunctionDescriptor.FromDelegate("f", handler), default);

    private static Task<object> RunAsync(Delegate handler) => Bind(handler).Accept(new Runner());

    private sealed class Runner : IFunctionBodyVisitor<Task<object>>
    {
        public async Task<object> Visit<TIn, TOut>(FunctionBody<TIn, TOut> body) => (await body.Run(null!, default!, null!))!;
    }
}
