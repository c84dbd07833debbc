using Pikku.Akka.Analyzers;
using Xunit;

namespace Pikku.Akka.Tests.Analyzers;

/// <summary>PIKKU0003: code that runs for messages does not block.</summary>
public sealed class BlockingCallSpec
{
    private const string Id = BlockingCallAnalyzer.Id;

    [Theory]
    [InlineData("channel.MapAction(\"a\", () => [|LoadAsync().Result|]);")]
    [InlineData("channel.MapAction(\"a\", () => [|FindAsync().Result|]);")]
    [InlineData("channel.MapAction(\"a\", () => [|LoadAsync().GetAwaiter().GetResult()|]);")]
    [InlineData("channel.MapAction(\"a\", () => [|FindAsync().ConfigureAwait(false).GetAwaiter().GetResult()|]);")]
    [InlineData("channel.MapAction(\"a\", () => { [|LoadAsync().Wait()|]; });")]
    [InlineData("channel.MapAction(\"a\", () => { [|Task.WaitAll(LoadAsync(), LoadAsync())|]; });")]
    [InlineData("channel.MapAction(\"a\", async () => { [|Thread.Sleep(10)|]; await Task.Yield(); });")]
    [InlineData("channel.MapAction(\"a\", () => { var task = LoadAsync(); return [|task.Result|]; });")]
    [InlineData("channel.MapAction(\"a\", () => new[] { 1 }.Select(one => [|LoadAsync().Result|]).ToList());")]
    [InlineData("channel.OnConnect(() => { [|Thread.Sleep(10)|]; });")]
    [InlineData("channel.OnDisconnect(() => { [|Thread.Sleep(10)|]; });")]
    [InlineData("channel.OnMessage((string text) => { [|Thread.Sleep(10)|]; });")]
    [InlineData("channel.UseMiddleware((context, next) => { [|Thread.Sleep(10)|]; return next(); });")]
    [InlineData("channel.UseChannelMiddleware((services, message, next) => { [|Thread.Sleep(10)|]; return next(message); });")]
    [InlineData("channel.RequirePermission(() => [|LoadAsync().Result|] == 1);")]
    [InlineData("channel.AddTopic(Ticks).AllowSubscribe().WithHistory(1).WithSnapshot(() => [|LoadAsync().Result|]);")]
    [InlineData("channel.OnConnect(async (PikkuContext context) => await context.EventHub.SubscribeAsync(Ticks, tick => { [|Thread.Sleep(tick)|]; return default; }));")]
    public Task A_blocking_call_in_a_lambda_that_is_wired_is_reported(string statement) => AnalyzedCode.AssertReportsAsync(Id, Application.Wiring(statement));

    [Theory]
    [InlineData("class Load : PikkuFunc<int, int> { public override ValueTask<int> RunAsync(int input, PikkuContext context, CancellationToken cancellationToken) => new([|App.LoadAsync().Result|]); }")]
    [InlineData("class Load : PikkuSessionlessFunc<int> { public override ValueTask RunAsync(int input, PikkuContext context, CancellationToken cancellationToken) { [|Thread.Sleep(1)|]; return default; } }")]
    [InlineData("class Slow : IPikkuMiddleware { public ValueTask InvokeAsync(PikkuContext context, PikkuNext next) { [|Thread.Sleep(1)|]; return next(); } }")]
    [InlineData("class May : IPikkuPermission<int> { public ValueTask<bool> AllowsAsync(int input, PikkuContext context, CancellationToken cancellationToken) => new([|App.LoadAsync().Result|] == 1); }")]
    [InlineData("class Actions { [PikkuAction] public int Load() => [|App.LoadAsync().Result|]; }")]
    public Task A_blocking_call_in_a_method_of_a_class_that_can_be_wired_is_reported(string type) => AnalyzedCode.AssertReportsAsync(Id, $"{Application.Wiring("")}\n{type}");

    [Fact]
    public Task A_method_group_may_be_wired_in_another_type_than_its_method() => AnalyzedCode.AssertReportsAsync(Id, Application.Wiring("channel.MapAction(\"a\", Handlers.Load);") + """

        static class Handlers
        {
            public static int Load() => [|App.LoadAsync().Result|];

            public static int Unused() => App.LoadAsync().Result;
        }
        """);

    [Fact]
    public Task A_local_function_may_be_wired() => AnalyzedCode.AssertReportsAsync(Id, Application.Wiring("channel.MapAction(\"a\", Load); int Load() => [|LoadAsync().Result|];"));

    [Theory]
    [InlineData("Thread.Sleep(1); channel.MapAction(\"a\", () => { });")]
    [InlineData("channel.MapAction(\"a\", async () => await LoadAsync());")]
    [InlineData("channel.MapAction(\"a\", async () => { var task = LoadAsync(); await task; return task.Result; });")]
    [InlineData("channel.MapAction(\"a\", async () => { var (one, two) = (LoadAsync(), LoadAsync()); await Task.WhenAll(one, two); return one.Result + two.Result; });")]
    [InlineData("channel.MapAction(\"a\", async () => { var all = new[] { LoadAsync() }; await Task.WhenAll(all); return all.Select(one => one.Result).Sum() + all[0].Result; });")]
    [InlineData("channel.MapAction(\"a\", async () => { var sum = 0; await foreach (var one in Task.WhenEach(LoadAsync(), LoadAsync())) sum += one.Result; return sum; });")]
    [InlineData("channel.MapAction(\"a\", () => { var task = FindAsync(); return task.IsCompletedSuccessfully ? task.Result : 0; });")]
    [InlineData("channel.MapAction(\"a\", () => LoadAsync() is { IsCompletedSuccessfully: true } task ? task.Result : 0);")]
    [InlineData("channel.MapAction(\"a\", () => LoadAsync().ContinueWith(task => task.Result, TaskScheduler.Default));")]
    [InlineData("channel.MapAction(\"a\", () => Task.Run(() => Thread.Sleep(10)));")]
    [InlineData("channel.MapAction(\"a\", () => LoadAsync().Wait(0));")]
    [InlineData("channel.MapAction(\"a\", () => LoadAsync().Wait(TimeSpan.Zero));")]
    [InlineData("pikku.WireChannel(\"b\", other => LoadAsync().Wait());")]
    [InlineData("channel.MapAction(\"a\", () => new Answer().Result);")]
    public Task Code_that_does_not_block_or_runs_elsewhere_is_not_reported(string statement) =>
        AnalyzedCode.AssertCleanAsync($"{Application.Wiring(statement)}\nclass Answer {{ public int Result => 1; }}");

    [Theory]
    [InlineData("channel.MapAction(\"a\", () => [|LoadAsync().Result|]);", "channel.MapAction(\"a\", async () => await LoadAsync());")]
    [InlineData("channel.MapAction(\"a\", () => [|LoadAsync().Result|].ToString());", "channel.MapAction(\"a\", async () => (await LoadAsync()).ToString());")]
    [InlineData("channel.MapAction(\"a\", () => [|LoadAsync().GetAwaiter().GetResult()|] + 1);", "channel.MapAction(\"a\", async () => await LoadAsync() + 1);")]
    [InlineData("channel.MapAction(\"a\", () => { [|LoadAsync().Wait()|]; });", "channel.MapAction(\"a\", async () => { await LoadAsync(); });")]
    [InlineData("channel.MapAction(\"a\", async () => { [|Thread.Sleep(10)|]; await Task.Yield(); });", "channel.MapAction(\"a\", async () => { await Task.Delay(10); await Task.Yield(); });")]
    [InlineData("channel.MapAction(\"a\", () => { [|Task.WaitAll(LoadAsync(), LoadAsync())|]; });", "channel.MapAction(\"a\", async () => { await Task.WhenAll(LoadAsync(), LoadAsync()); });")]
    [InlineData("channel.UseMiddleware((context, next) => { [|Thread.Sleep(10)|]; return next(); });", "channel.UseMiddleware(async (context, next) => { await Task.Delay(10); await next(); });")]
    public Task The_fix_awaits(string marked, string expected) =>
        AnalyzedCode.AssertFixAsync(Id, Application.Wiring(marked), Application.Wiring(expected));

    [Fact]
    public Task The_fix_of_a_class_makes_its_method_asynchronous() => AnalyzedCode.AssertFixAsync(
        Id,
        """
        class Load(IEventHub hub) : PikkuFunc<int, int>
        {
            /// <summary>Loads.</summary>
            public override ValueTask<int> RunAsync(int input, PikkuContext context, CancellationToken cancellationToken)
            {
                var value = [|Task.FromResult(input).Result|];
                [|hub.PublishAsync(new Topic<int>("ticks"), value).AsTask().Wait()|];
                return new ValueTask<int>(value);
            }
        }
        """,
        """
        class Load(IEventHub hub) : PikkuFunc<int, int>
        {
            /// <summary>Loads.</summary>
            public override async ValueTask<int> RunAsync(int input, PikkuContext context, CancellationToken cancellationToken)
            {
                var value = await Task.FromResult(input);
                await hub.PublishAsync(new Topic<int>("ticks"), value).AsTask();
                return value;
            }
        }
        """);

    [Theory]
    [InlineData("channel.MapAction(\"a\", () => [|LoadAsync().Wait(1000)|]);")]
    [InlineData("channel.MapAction(\"a\", () => [|Task.WaitAny(LoadAsync(), LoadAsync())|]);")]
    [InlineData("channel.MapAction(\"a\", () => new[] { 1 }.Select(one => [|LoadAsync().Result|]).ToList());")]
    [InlineData("channel.MapAction(\"a\", () => { lock (Ticks) return [|LoadAsync().Result|]; });")]
    public Task There_is_no_fix_where_an_await_has_another_meaning_or_would_not_compile(string statement) => AnalyzedCode.AssertNoFixAsync(Id, Application.Wiring(statement));
}
