using Pikku.Akka.Analyzers;
using Xunit;

namespace Pikku.Akka.Tests.Analyzers;

/// <summary>PIKKU0001: the calls of the library are awaited.</summary>
public sealed class ForgottenAwaitSpec
{
    private const string Id = ForgottenAwaitAnalyzer.Id;

    [Theory]
    [InlineData("channel.MapAction(\"a\", async (IEventHub hub) => { [|hub.PublishAsync(Ticks, 1)|]; await Task.Yield(); });")]
    [InlineData("channel.MapAction(\"a\", (IEventHub hub) => { [|hub.PublishAsync(Ticks, 1)|]; });")]
    [InlineData("channel.MapAction(\"a\", (PikkuContext context) => { [|context.EventHub.SubscribeAsync(Ticks)|]; });")]
    [InlineData("channel.MapAction(\"a\", (PikkuContext context) => { [|context.EventHub.PublishToOthersAsync(Ticks, 1)|]; });")]
    [InlineData("channel.MapAction(\"a\", (IEventHub hub, IPikkuChannel one) => { [|hub.UnsubscribeAsync(Ticks, one)|]; });")]
    [InlineData("channel.MapAction(\"a\", (IPikkuChannel one) => { [|one.SendAsync(\"text\")|]; });")]
    [InlineData("channel.MapAction(\"a\", (IPikkuUsers users) => { [|users.RevokeAsync(\"ada\")|]; });")]
    [InlineData("channel.MapAction(\"a\", (PikkuContext context) => { [|context.ClearSessionAsync()|]; });")]
    [InlineData("channel.MapAction(\"a\", (IEventHub? hub) => { [|hub?.PublishAsync(Ticks, 1)|]; });")]
    [InlineData("channel.MapAction(\"a\", (IEventHub hub) => { [|hub.PublishAsync(Ticks, 1).ConfigureAwait(false)|]; });")]
    [InlineData("channel.MapAction(\"a\", (IEventHub hub) => { [|hub.PublishAsync(Ticks, 1).AsTask()|]; });")]
    [InlineData("channel.MapAction(\"a\", (IEventHub hub) => new[] { 1 }.ToList().ForEach(one => [|hub.PublishAsync(Ticks, one)|]));")]
    [InlineData("channel.UseMiddleware((context, next) => { [|next()|]; return default; });")]
    public Task A_task_that_is_dropped_is_reported(string statement) => AnalyzedCode.AssertReportsAsync(Id, Application.Wiring(statement));

    [Theory]
    [InlineData("channel.MapAction(\"a\", async (IEventHub hub) => await hub.PublishAsync(Ticks, 1));")]
    [InlineData("channel.MapAction(\"a\", async (IEventHub hub) => await hub.PublishAsync(Ticks, 1).ConfigureAwait(false));")]
    [InlineData("channel.MapAction(\"a\", (IEventHub hub) => hub.PublishAsync(Ticks, 1));")]
    [InlineData("channel.MapAction(\"a\", (IEventHub hub) => { return hub.PublishAsync(Ticks, 1); });")]
    [InlineData("channel.MapAction(\"a\", (IEventHub hub) => { _ = hub.PublishAsync(Ticks, 1); });")]
    [InlineData("channel.MapAction(\"a\", async (IEventHub hub) => { var publish = hub.PublishAsync(Ticks, 1); await publish; });")]
    [InlineData("channel.MapAction(\"a\", (IEventHub hub) => Task.WhenAll(hub.PublishAsync(Ticks, 1).AsTask(), hub.PublishAsync(Ticks, 2).AsTask()));")]
    [InlineData("channel.MapAction(\"a\", (IPikkuChannel one) => { one.TrySend(\"text\"); });")]
    [InlineData("channel.UseMiddleware((context, next) => next());")]
    public Task A_task_that_is_used_is_not_reported(string statement) => AnalyzedCode.AssertCleanAsync(Application.Wiring(statement));

    [Fact]
    public Task The_same_names_in_another_library_are_not_reported() => AnalyzedCode.AssertCleanAsync("""
        namespace Others
        {
            public interface IEventHub { Task PublishAsync(string topic, int value); }

            public static class Program
            {
                public static void Run(IEventHub hub) { hub.PublishAsync("ticks", 1); }
            }
        }
        """);

    [Fact]
    public async Task The_message_names_the_method_and_both_ways_out()
    {
        var messages = await AnalyzedCode.AssertReportsAsync(Id, Application.Wiring("channel.MapAction(\"a\", (IEventHub hub) => { [|hub.PublishAsync(Ticks, 1)|]; });"));
        Assert.Equal("'IEventHub.PublishAsync' is not awaited, so its errors are lost and the code continues before it has completed; await it, or assign it to a discard", Assert.Single(messages));
    }

    [Theory]
    [InlineData(
        "channel.MapAction(\"a\", async (IEventHub hub) => { [|hub.PublishAsync(Ticks, 1)|]; await Task.Yield(); });",
        "channel.MapAction(\"a\", async (IEventHub hub) => { await hub.PublishAsync(Ticks, 1); await Task.Yield(); });")]
    [InlineData(
        "channel.MapAction(\"a\", (IEventHub hub) => { [|hub.PublishAsync(Ticks, 1)|]; [|hub.PublishAsync(Ticks, 2)|]; });",
        "channel.MapAction(\"a\", async (IEventHub hub) => { await hub.PublishAsync(Ticks, 1); await hub.PublishAsync(Ticks, 2); });")]
    [InlineData(
        "channel.MapAction(\"a\", (IEventHub hub) => { [|hub.PublishAsync(Ticks, 1)|]; return 5; });",
        "channel.MapAction(\"a\", async (IEventHub hub) => { await hub.PublishAsync(Ticks, 1); return 5; });")]
    [InlineData(
        "channel.MapAction(\"a\", (IEventHub hub) => { [|hub.PublishAsync(Ticks, 1)|]; return Task.FromResult(5); });",
        "channel.MapAction(\"a\", async (IEventHub hub) => { await hub.PublishAsync(Ticks, 1); return 5; });")]
    [InlineData(
        "channel.MapAction(\"a\", (IEventHub hub) => { [|hub.PublishAsync(Ticks, 1)|]; return LoadAsync(); });",
        "channel.MapAction(\"a\", async (IEventHub hub) => { await hub.PublishAsync(Ticks, 1); return await LoadAsync(); });")]
    [InlineData(
        "channel.UseMiddleware((context, next) => { [|next()|]; return default; });",
        "channel.UseMiddleware(async (context, next) => { await next(); });")]
    [InlineData(
        "channel.UseMiddleware((context, next) => { if (context.Session is null) return default; [|context.EventHub.PublishAsync(Ticks, 1)|]; return next(); });",
        "channel.UseMiddleware(async (context, next) => { if (context.Session is null) return; await context.EventHub.PublishAsync(Ticks, 1); await next(); });")]
    [InlineData(
        "channel.UseMiddleware((context, next) => { [|context.EventHub.PublishAsync(Ticks, 1)|]; return next(); });",
        "channel.UseMiddleware(async (context, next) => { await context.EventHub.PublishAsync(Ticks, 1); await next(); });")]
    public Task The_fix_awaits_and_makes_the_lambda_asynchronous(string marked, string expected) =>
        AnalyzedCode.AssertFixAsync(Id, Application.Wiring(marked), Application.Wiring(expected));

    [Theory]
    [InlineData("static void Tick(IEventHub hub) { [|hub.PublishAsync(Ticks, 1)|]; }", "static async Task Tick(IEventHub hub) { await hub.PublishAsync(Ticks, 1); }")]
    [InlineData("static void Tick(IEventHub hub) => [|hub.PublishAsync(Ticks, 1)|];", "static async Task Tick(IEventHub hub) => await hub.PublishAsync(Ticks, 1);")]
    [InlineData("static ValueTask<int> Tick(IEventHub hub) { [|hub.PublishAsync(Ticks, 1)|]; return new(1); }", "static async ValueTask<int> Tick(IEventHub hub) { await hub.PublishAsync(Ticks, 1); return 1; }")]
    [InlineData("static Task Tick(IEventHub hub) { [|hub.PublishAsync(Ticks, 1)|]; return Task.CompletedTask; }", "static async Task Tick(IEventHub hub) { await hub.PublishAsync(Ticks, 1); }")]
    [InlineData(
        "static void Outer(IEventHub hub) { Tick(); void Tick() { [|hub.PublishAsync(Ticks, 1)|]; } }",
        "static void Outer(IEventHub hub) { Tick(); async Task Tick() { await hub.PublishAsync(Ticks, 1); } }")]
    public Task The_fix_awaits_and_makes_the_method_asynchronous(string marked, string expected) =>
        AnalyzedCode.AssertFixAsync(Id, Application.Wiring("", marked), Application.Wiring("", expected));

    [Theory]
    [InlineData("static int Tick(IEventHub hub) { [|hub.PublishAsync(Ticks, 1)|]; return 1; }")]
    [InlineData("static void Tick(IEventHub hub, ref int count) { [|hub.PublishAsync(Ticks, count)|]; }")]
    [InlineData("static void Tick(IEventHub hub) { lock (Ticks) { [|hub.PublishAsync(Ticks, 1)|]; } }")]
    [InlineData("static void Tick(IEventHub hub) => new[] { 1 }.ToList().ForEach(one => [|hub.PublishAsync(Ticks, one)|]);")]
    [InlineData("static void Tick(IEventHub? hub) => [|hub?.PublishAsync(Ticks, 1)|];")]
    [InlineData("sealed class Closing(IEventHub hub) : IDisposable { public void Dispose() { [|hub.PublishAsync(Ticks, 1)|]; } }")]
    public Task There_is_no_fix_where_an_await_would_change_callers_or_not_compile(string member) => AnalyzedCode.AssertNoFixAsync(Id, Application.Wiring("", member));
}
