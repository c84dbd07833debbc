using Pikku.Akka.Analyzers;
using Xunit;

namespace Pikku.Akka.Tests.Analyzers;

/// <summary>PIKKU0005: classes that are wired have what the wiring calls.</summary>
public sealed class WiredClassSpec
{
    private const string Id = WiredClassAnalyzer.Id;

    private const string Types = """

        interface IFunction;
        class Plain { public int Load() => 1; }
        class Actions { [PikkuAction] public int Load() => 1; }
        class More : Actions { public int Other() => 1; }
        abstract class Base : PikkuFunc<int, int>;
        class Load : Base { public override ValueTask<int> RunAsync(int input, PikkuContext context, CancellationToken cancellationToken) => new(1); }
        class Hidden : Load { private Hidden() { } }
        class Twice : Load { public Twice() { } public Twice(IEventHub hub) => _ = hub; }
        class Stream : PikkuSessionlessStream<int, int> { public override async IAsyncEnumerable<int> RunAsync(int input, PikkuContext context, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken) { await Task.Yield(); yield return 1; } }
        class May : IPikkuPermission { public ValueTask<bool> AllowsAsync(PikkuContext context, CancellationToken cancellationToken) => new(true); }
        class MayWrite : IPikkuPermission<int> { public ValueTask<bool> AllowsAsync(int input, PikkuContext context, CancellationToken cancellationToken) => new(true); }
        class Both : May, IPikkuPermission<int> { public ValueTask<bool> AllowsAsync(int input, PikkuContext context, CancellationToken cancellationToken) => new(true); }
        """;

    [Theory]
    [InlineData("channel.MapAction<[|Plain|]>(\"a\");", "'Plain' is not a function; derive it from PikkuFunc<TIn, TOut>, PikkuStream<TIn, TItem> or their sessionless forms")]
    [InlineData("channel.RoutingKey(\"kind\").MapAction<[|Actions|]>(\"a\");", "'Actions' is not a function; derive it from PikkuFunc<TIn, TOut>, PikkuStream<TIn, TItem> or their sessionless forms")]
    [InlineData("channel.OnConnect<[|IFunction|]>();", "'IFunction' is an interface; wire the class that implements it")]
    [InlineData("channel.OnDisconnect<[|Base|]>();", "'Base' is abstract, so it cannot be instantiated; wire a derived class, or make the class non-abstract")]
    [InlineData("channel.OnMessage<[|Hidden|]>();", "'Hidden' has no public constructor; make its constructor public")]
    [InlineData("channel.OnBinaryMessage<[|Twice|]>();", "'Twice' has 2 public constructors; keep one, which receives the services")]
    [InlineData("channel.AddTopic(Ticks).WithSnapshot<[|Plain|]>();", "'Plain' is not a function; derive it from PikkuFunc<TIn, TOut>, PikkuStream<TIn, TItem> or their sessionless forms")]
    [InlineData("channel.MapActions<[|Plain|]>();", "'Plain' has no actions; put [PikkuAction] on its methods")]
    [InlineData("channel.RequirePermission<[|Plain|]>();", "'Plain' must implement IPikkuPermission or one IPikkuPermission<TInput>; it implements 0 of them")]
    [InlineData("pikku.RequirePermission<[|Both|]>();", "'Both' must implement IPikkuPermission or one IPikkuPermission<TInput>; it implements 2 of them")]
    [InlineData("channel.RequirePermission(PikkuPermission.Of<[|Plain|]>());", "'Plain' must implement IPikkuPermission or one IPikkuPermission<TInput>; it implements 0 of them")]
    [InlineData("channel.MapAction(\"a\", [[|RequirePermission<Plain>|]] () => { });", "'Plain' must implement IPikkuPermission or one IPikkuPermission<TInput>; it implements 0 of them")]
    public async Task A_class_that_cannot_be_called_is_reported(string statement, string message) =>
        Assert.Equal([message], await AnalyzedCode.AssertReportsAsync(Id, Application.Wiring(statement) + Types));

    [Theory]
    [InlineData("class Guarded { [PikkuAction, [|RequirePermission<Plain>|]] public int Load() => 1; }")]
    [InlineData("[[|RequirePermission<Plain>|]] class Guarded : Load;")]
    public Task An_attribute_with_a_class_that_is_no_permission_is_reported(string type) => AnalyzedCode.AssertReportsAsync(Id, Types + type);

    [Theory]
    [InlineData("channel.MapAction<Load>(\"a\").RequirePermission<MayWrite>();")]
    [InlineData("channel.MapAction<Stream>(\"a\").RequirePermission<May>();")]
    [InlineData("channel.MapActions<Actions>();")]
    [InlineData("channel.MapActions<More>();")]
    [InlineData("channel.MapAction(\"a\", [RequirePermission<May>] () => { });")]
    [InlineData("Generic<Load>(channel);")]
    public Task A_class_that_can_be_called_is_not_reported(string statement) =>
        AnalyzedCode.AssertCleanAsync(Application.Wiring(statement, "static void Generic<T>(ChannelBuilder channel) where T : class => channel.MapAction<T>(\"a\");") + Types);
}
