using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Functions;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Functions;

[Trait("Rule", "A4")]
public sealed class FunctionClassSpec : IAsyncDisposable
{
    private readonly TestNode _node = new(
        app => app.WireChannel("c", _ => { }),
        services => services.AddSingleton(new Words("hello")).AddKeyedSingleton("loud", new Words("HELLO")));

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task Gets_services_through_its_constructor()
    {
        Assert.Equal("hello ann", await RunAsync<Greet, string, string>("ann"));
        Assert.Equal("HELLO", await RunAsync<Shout, NoData, string>(default));
    }

    [Fact]
    public async Task Is_a_new_object_for_each_call()
    {
        var first = await RunAsync<Myself, NoData, object>(default);

        Assert.NotSame(first, await RunAsync<Myself, NoData, object>(default));
    }

    [Fact]
    public async Task Needs_no_result()
    {
        Assert.Equal(default, await RunAsync<Nothing, NoData, NoData>(default));
        Assert.Equal(default, await RunAsync<NothingForAnybody, NoData, NoData>(default));
    }

    [Fact]
    public void Needs_a_session_unless_it_is_sessionless()
    {
        Assert.True(FunctionDescriptor.FromClass<Nothing>().RequiresSession);
        Assert.True(FunctionDescriptor.FromClass<Greet>().RequiresSession);
        Assert.False(FunctionDescriptor.FromClass<NothingForAnybody>().RequiresSession);
        Assert.False(FunctionDescriptor.FromClass<Myself>().RequiresSession);
    }

    [Fact]
    public void Is_described_by_its_attributes()
    {
        var function = FunctionDescriptor.FromClass<Described>();

        Assert.Equal("described:it", function.Name);
        Assert.Equal("A title", function.Title);
        Assert.Equal("What it does", function.Description);
        Assert.Equal(["one", "two"], function.Tags);
        Assert.Equal(2, function.Version);
        Assert.True(function.ReadOnly);
        Assert.Equal([typeof(NotFoundError)], function.Errors);
        Assert.Equal(["admin", "users"], function.Scopes);
        var groups = Assert.Single(function.Permissions);
        Assert.True(groups.IsAlternative);
        Assert.Equal(["owner", "staff"], groups.Parts.Select(g => g.Name).Order());
        Assert.Equal(2, groups.Parts.Single(g => g.Name == "staff").Parts.Count);
        Assert.Equal(MiddlewarePriority.High, Assert.Single(function.Middleware).Priority);
    }

    [Fact]
    public void Has_the_name_of_its_class_unless_said_otherwise() => Assert.Equal("nothing", FunctionDescriptor.FromClass<Nothing>().Name);

    [Fact]
    public void Is_refused_when_it_is_not_a_function() =>
        Assert.Equal(
            $"{typeof(Words)} is not a function; derive it from PikkuFunc<TIn, TOut>, PikkuStream<TIn, TItem> or their sessionless forms.",
            Refusal<Words>());

    [Fact]
    public void Is_refused_with_the_specific_reason()
    {
        Assert.StartsWith($"{typeof(Half)} is abstract, so it cannot be instantiated", Refusal<Half>(), StringComparison.Ordinal);
        Assert.StartsWith($"{typeof(IHalf)} is an interface", Refusal<IHalf>(), StringComparison.Ordinal);
        Assert.StartsWith($"{typeof(Closed)} has no public constructor", Refusal<Closed>(), StringComparison.Ordinal);
        Assert.StartsWith($"{typeof(Twofold)} implements IPikkuFunction several times", Refusal<Twofold>(), StringComparison.Ordinal);
    }

    [Fact]
    public void Is_refused_when_it_has_several_constructors() =>
        Assert.Equal($"{typeof(Undecided)} has 2 public constructors; keep one, which receives the services.", Refusal<Undecided>());

    [Fact]
    public void Is_refused_when_a_service_is_not_registered() =>
        Assert.Equal(
            $"The constructor of {typeof(Demanding)} needs {typeof(Uri)}, which is not a registered service; register it.", Refusal<Demanding>());

    [Fact]
    public async Task May_have_a_default_for_a_service_that_is_not_registered() =>
        Assert.Null(await RunAsync<Modest, NoData, Uri?>(default));

    private FunctionBinder Binder => new(_node.Services.GetRequiredService<IServiceProviderIsService>());

    private string Refusal<T>() where T : class =>
        Assert.Throws<FunctionBindingException>(() => Binder.Bind(FunctionDescriptor.FromClass<T>(), default)).Message;

    private async Task<TOut> RunAsync<TFunction, TIn, TOut>(TIn input) where TFunction : class
    {
        var body = Assert.IsType<FunctionBody<TIn, TOut>>(Binder.Bind(FunctionDescriptor.FromClass<TFunction>(), default));
        await using var services = _node.Endpoint.NewCallServices();
        return await body.Run(services, input, new PikkuContext(_node.CallOf(_node.Connect().Channel, services)));
    }

    private sealed record Words(string Word);

    private sealed class Greet(Words words) : PikkuFunc<string, string>
    {
        public override ValueTask<string> RunAsync(string input, PikkuContext context, CancellationToken cancellationToken) => new($"{words.Word} {input}");
    }

    private sealed class Shout([FromKeyedServices("loud")] Words words) : PikkuFunc<NoData, string>
    {
        public override ValueTask<string> RunAsync(NoData input, PikkuContext context, CancellationToken cancellationToken) => new(words.Word);
    }

    private sealed class Myself : PikkuSessionlessFunc<NoData, object>
    {
        public override ValueTask<object> RunAsync(NoData input, PikkuContext context, CancellationToken cancellationToken) => new(this);
    }

    private sealed class Nothing : PikkuFunc<NoData>
    {
        public override async ValueTask RunAsync(NoData input, PikkuContext context, CancellationToken cancellationToken) => await Task.Yield();
    }

    private sealed class NothingForAnybody : PikkuSessionlessFunc<NoData>
    {
        public override ValueTask RunAsync(NoData input, PikkuContext context, CancellationToken cancellationToken) => default;
    }

    [PikkuFunction(
        Name = "described:it", Title = "A title", Description = "What it does", Tags = ["one", "two"], Version = 2, ReadOnly = true,
        Errors = [typeof(NotFoundError)])]
    [RequireScope("admin"), RequireScope("users")]
    [RequirePermission<Allowed>(Group = "staff"), RequirePermission<AllowedToo>(Group = "staff"), RequirePermission<Allowed>(Group = "owner")]
    [UseMiddleware<Around>(Priority = MiddlewarePriority.High)]
    private sealed class Described : PikkuFunc<NoData>
    {
        public override ValueTask RunAsync(NoData input, PikkuContext context, CancellationToken cancellationToken) => default;
    }

    private class Allowed : IPikkuPermission
    {
        public ValueTask<bool> AllowsAsync(PikkuContext context, CancellationToken cancellationToken) => new(true);
    }

    private sealed class AllowedToo : Allowed;

    private sealed class Around : IPikkuMiddleware
    {
        public ValueTask InvokeAsync(PikkuContext context, PikkuNext next) => next();
    }

    private abstract class Half : PikkuFunc<NoData>;

    private interface IHalf;

    private sealed class Closed : PikkuFunc<NoData>
    {
        private Closed() { }

        public override ValueTask RunAsync(NoData input, PikkuContext context, CancellationToken cancellationToken) => default;
    }

    private sealed class Twofold : PikkuFunc<string, string>, IPikkuFunction<int, int>
    {
        public override ValueTask<string> RunAsync(string input, PikkuContext context, CancellationToken cancellationToken) => new(input);

        public ValueTask<int> RunAsync(int input, PikkuContext context, CancellationToken cancellationToken) => new(input);
    }

    private sealed class Undecided : PikkuFunc<NoData>
    {
        public Undecided() { }

        public Undecided(Words words) => _ = words;

        public override ValueTask RunAsync(NoData input, PikkuContext context, CancellationToken cancellationToken) => default;
    }

    private sealed class Demanding(Uri uri) : PikkuFunc<NoData, Uri>
    {
        public override ValueTask<Uri> RunAsync(NoData input, PikkuContext context, CancellationToken cancellationToken) => new(uri);
    }

    private sealed class Modest(Uri? uri = null) : PikkuFunc<NoData, Uri?>
    {
        public override ValueTask<Uri?> RunAsync(NoData input, PikkuContext context, CancellationToken cancellationToken) => new(uri);
    }
}
