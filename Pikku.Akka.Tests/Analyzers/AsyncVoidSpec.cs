using Pikku.Akka.Analyzers;
using Xunit;

namespace Pikku.Akka.Tests.Analyzers;

/// <summary>PIKKU0002: nothing that is wired is <c>async void</c>.</summary>
public sealed class AsyncVoidSpec
{
    private const string Id = AsyncVoidAnalyzer.Id;
    private const string Tick = "static async void Tick(IEventHub hub) => await hub.PublishAsync(Ticks, 1);";

    [Theory]
    [InlineData("channel.MapAction(\"a\", [|Tick|]);")]
    [InlineData("channel.OnConnect([|Tick|]);")]
    [InlineData("channel.MapAction(\"a\", (Action<int>)([|async (int x) =>|] await Task.Delay(x)));")]
    [InlineData("channel.MapAction(\"a\", new Action([|async () =>|] await Task.Yield()));")]
    [InlineData("channel.MapAction(\"a\", (Action)([|async delegate|] { await Task.Yield(); }));")]
    [InlineData("Action handler = [|async () =>|] await Task.Yield(); channel.MapAction(\"a\", handler);")]
    [InlineData("channel.RequirePermission([|Tick|]);")]
    [InlineData("pikku.WireChannel(\"b\", [|async other =>|] { await Task.Yield(); other.AllowAnonymous(); });")]
    [InlineData("pikku.ConfigureJson([|async json =>|] await Task.Yield());")]
    public Task An_async_void_function_or_callback_is_reported(string statement) => AnalyzedCode.AssertReportsAsync(Id, Application.Wiring(statement, Tick));

    [Fact]
    public Task An_async_void_action_of_a_class_is_reported() => AnalyzedCode.AssertReportsAsync(Id, """
        public class Actions
        {
            [PikkuAction]
            public async void [|Greet|](IPikkuChannel channel) => await channel.SendAsync("hello");
        }
        """);

    [Theory]
    [InlineData("channel.MapAction(\"a\", async () => await Task.Yield());")]
    [InlineData("channel.MapAction(\"a\", () => { });")]
    [InlineData("channel.MapAction(\"a\", Good);")]
    [InlineData("Delegate handler = async () => await Task.Yield(); channel.MapAction(\"a\", handler);")]
    [InlineData("Action handler = async () => await Task.Yield(); handler = () => { }; channel.MapAction(\"a\", handler);")]
    [InlineData("Action other = async () => await Task.Yield(); other();")]
    [InlineData("pikku.WireChannel(\"b\", other => other.AllowAnonymous());")]
    public Task A_function_that_can_be_awaited_is_not_reported(string statement) =>
        AnalyzedCode.AssertCleanAsync(Application.Wiring(statement, "static async Task Good() => await Task.Yield();"));

    [Theory]
    [InlineData("channel.MapAction(\"a\", (Action<int>)([|async (int x) =>|] await Task.Delay(x)));", "channel.MapAction(\"a\", async (int x) => await Task.Delay(x));")]
    [InlineData("channel.MapAction(\"a\", new Action([|async () =>|] await Task.Yield()));", "channel.MapAction(\"a\", async () => await Task.Yield());")]
    [InlineData("Action handler = [|async () =>|] await Task.Yield(); channel.MapAction(\"a\", handler);", "var handler = async () => await Task.Yield(); channel.MapAction(\"a\", handler);")]
    [InlineData("pikku.WireChannel(\"b\", [|async other =>|] { other.AllowAnonymous(); });", "pikku.WireChannel(\"b\", other => { other.AllowAnonymous(); });")]
    public Task The_fix_of_a_lambda_removes_what_makes_it_void(string marked, string expected) =>
        AnalyzedCode.AssertFixAsync(Id, Application.Wiring(marked), Application.Wiring(expected));

    [Fact]
    public Task The_fix_of_a_method_returns_a_task() => AnalyzedCode.AssertFixAsync(
        Id, Application.Wiring("channel.MapAction(\"a\", [|Tick|]);", Tick), Application.Wiring("channel.MapAction(\"a\", Tick);", Tick.Replace("void", "Task", StringComparison.Ordinal)));

    [Theory]
    [InlineData("channel.MapAction(\"a\", (Action<int>)([|async x =>|] await Task.Delay(x)));")]
    [InlineData("pikku.WireChannel(\"b\", [|async other =>|] { await Task.Yield(); other.AllowAnonymous(); });")]
    public Task There_is_no_fix_where_the_types_or_the_awaits_would_be_lost(string statement) => AnalyzedCode.AssertNoFixAsync(Id, Application.Wiring(statement));
}
