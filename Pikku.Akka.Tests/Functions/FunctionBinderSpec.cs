using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Functions;
using Pikku.Akka.Functions.Input;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Functions;

[Trait("Rule", "A5")]
public sealed class FunctionBinderSpec : IAsyncDisposable
{
    private readonly TestNode _node = new(
        app => app.WireChannel("c", _ => { }),
        services => services
            .AddSingleton(new Greeter("hello"))
            .AddKeyedSingleton("loud", new Greeter("HELLO"))
            .AddSingleton<IClock, FixedClock>());

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task Passes_the_input_to_the_one_remaining_parameter() =>
        Assert.Equal("5", await RunAsync<int, string>(([FromData] int n) => n.ToString(), 5));

    [Fact, Trait("Rule", "U2")]
    public async Task Simple_parameters_are_properties_of_the_data()
    {
        var body = Bind(([Range(1, 9)] int id, string? note, Column column = Column.Doing, decimal price = -1.5m, Guid key = default, int? limit = 5, params string[] tags) =>
            $"{id} {note ?? "none"} {column} {price} {key == Guid.Empty} {limit} {string.Join('+', tags)}");

        Assert.Equal("7 none Doing -1.5 True 5 a+b", await ReadAsync(body, """{"id":7,"tags":["a","b"]}"""));
        Assert.Equal(
            "7 x Todo 2 False 1 ",
            await ReadAsync(body, """{"id":7,"note":"x","column":0,"price":2,"key":"11111111-1111-1111-1111-111111111111","limit":1,"tags":[]}"""));
        Assert.Equal(["id", "tags"], (await Assert.ThrowsAsync<UnprocessableContentError>(() => ReadAsync(body, "{}"))).Details.Select(problem => problem.Path).Order());
        Assert.Equal("id", Assert.Single((await Assert.ThrowsAsync<UnprocessableContentError>(() => ReadAsync(body, """{"id":10,"tags":[]}"""))).Details).Path);
        Assert.Equal(["id", "tags"], (await Assert.ThrowsAsync<UnprocessableContentError>(() => ReadAsync(body, """{"id":"7","tags":null}"""))).Details.Select(problem => problem.Path).Order());
    }

    [Fact, Trait("Rule", "U2")]
    public void A_result_of_a_minimal_API_is_refused() =>
        Assert.Contains("writes an HTTP response", Assert.Throws<FunctionBindingException>(() => Bind(() => Microsoft.AspNetCore.Http.Results.Ok())).Message, StringComparison.Ordinal);

    [Fact, Trait("Rule", "U5")]
    public void Authorize_is_refused_with_what_to_use_instead()
    {
        var refused = Assert.Throws<FunctionBindingException>(() => Bind([Microsoft.AspNetCore.Authorization.Authorize] () => { })).Message;

        Assert.All(["RequireAuthorization", "RequirePolicy", "RequirePermission"], name => Assert.Contains(name, refused, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Has_no_input_when_no_parameter_remains() =>
        Assert.Equal("x", await RunAsync<NoData, string>(() => "x"));

    [Fact]
    public async Task Supplies_context_channel_and_provider()
    {
        var got = await RunAsync<NoData, object[]>((PikkuContext context, IPikkuChannel channel, IServiceProvider services) => new object[] { context, channel, services });

        var context = Assert.IsType<PikkuContext>(got[0]);
        Assert.Same(context.Channel, got[1]);
        Assert.Same(context.Services, got[2]);
    }

    [Fact]
    public async Task Supplies_the_cancellation_token_of_the_call()
    {
        using var source = new CancellationTokenSource();

        Assert.Equal(source.Token, await RunAsync<NoData, CancellationToken>((CancellationToken c) => c, default, cancellation: source.Token));
    }

    [Fact]
    public async Task Supplies_services_beside_the_input_in_any_order()
    {
        Assert.Equal("hello ann", await RunAsync<string, string>((Greeter g, [FromData] string name) => $"{g.Word} {name}", "ann"));
        Assert.Equal("hello ann", await RunAsync<string, string>(([FromData] string name, Greeter g, IClock _) => $"{g.Word} {name}", "ann"));
    }

    [Fact]
    public async Task Supplies_keyed_services() =>
        Assert.Equal("HELLO", await RunAsync<NoData, string>(([FromKeyedServices("loud")] Greeter g) => g.Word));

    [Fact]
    public async Task Treats_a_marked_parameter_as_a_service_even_if_it_is_not_registered()
    {
        var failed = await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await RunAsync<NoData, NoData>(([FromServices] Unregistered _) => { }));

        Assert.Contains(nameof(Unregistered), failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Supplies_the_session_as_the_requested_type()
    {
        var ann = new TestSession();

        Assert.Same(ann, await RunAsync<NoData, TestSession>((TestSession s) => s, session: ann));
        Assert.Same(ann, await RunAsync<NoData, IPikkuSession>((IPikkuSession s) => s, session: ann));
    }

    [Fact]
    public async Task Refuses_the_call_when_the_session_is_needed_and_missing_or_of_another_type()
    {
        await Assert.ThrowsAsync<ForbiddenError>(async () => await RunAsync<NoData, TestSession>((TestSession s) => s));
        await Assert.ThrowsAsync<ForbiddenError>(async () => await RunAsync<NoData, OtherSession>((OtherSession s) => s, session: new TestSession()));
    }

    [Fact]
    public async Task Supplies_null_for_a_nullable_session_that_is_missing()
    {
        Assert.True(await RunAsync<NoData, bool>((TestSession? s) => s is null));
        Assert.True(await RunAsync<NoData, bool>((IPikkuSession? s) => s is null));
        Assert.False(await RunAsync<NoData, bool>((TestSession? s) => s is null, session: new TestSession()));
    }

    [Fact]
    public async Task Calls_methods_as_well_as_lambdas() =>
        Assert.Equal(3, await RunAsync<int, int>(AddOne, 2));

    [Fact]
    public async Task Does_not_wrap_an_exception_of_the_delegate() =>
        await Assert.ThrowsAsync<NotFoundError>(async () => await RunAsync<NoData, NoData>(void () => throw new NotFoundError()));

    [Fact]
    public void Says_which_parameters_could_all_be_the_input()
    {
        var refused = Assert.Throws<FunctionBindingException>(() => Bind((int id, Unregistered what, Greeter _) => { }));

        Assert.Equal(
            $"the parameters 'System.Int32 id', '{typeof(Unregistered)} what' could all be the input; " +
            "register those that are services, combine the parameters of the input into one type, or use only simple types, which are properties of the data.",
            refused.Message);
    }

    [Fact]
    public void Treats_every_interface_as_a_service_when_the_services_are_unknown()
    {
        var body = new FunctionBinder(null).Bind(FunctionDescriptor.FromDelegate("f", (IUnknown _, [FromData] string name) => name), default);

        Assert.Equal(typeof(string), body.Input);
    }

    [Fact]
    public void Says_that_a_session_must_be_a_class() =>
        Assert.Equal(
            $"the parameter '{typeof(ValueSession)} s' is a session that is a struct; make the session a class, so that it can be null.",
            Assert.Throws<FunctionBindingException>(() => Bind((ValueSession s) => { })).Message);

    [Fact]
    public void Refuses_parameters_by_reference_and_ref_structs()
    {
        Assert.Equal(
            "the parameter 'System.Int32& n' is passed by reference or is a ref struct or a pointer, which functions do not support; use a regular type.",
            Assert.Throws<FunctionBindingException>(() => Bind((in int n) => { })).Message);
        Assert.Throws<FunctionBindingException>(() => Bind((ReadOnlySpan<byte> s) => { }));
    }

    public static TheoryData<string, Delegate> AsyncVoid => new()
    {
        { "a lambda", (Action)(async () => await Task.Yield()) },
        { "a lambda with parameters", (Action<int, PikkuContext>)(async (_, _) => await Task.Yield()) },
        { "a method", (Action<int>)Forget },
        { "one of several", (Action<int>)(_ => { }) + Forget },
    };

    [Theory]
    [MemberData(nameof(AsyncVoid))]
    [Trait("Rule", "A6")]
    public void Refuses_async_void(string what, Delegate handler)
    {
        Assert.NotEmpty(what);
        Assert.Equal(
            "it is async void, so it cannot be awaited and its exceptions would end the process; return Task or ValueTask.",
            Assert.Throws<FunctionBindingException>(() => Bind(handler)).Message);
    }

    private static async void Forget(int n) => await Task.Yield();

    private static int AddOne([FromData] int n) => n + 1;

    private FunctionBody Bind(Delegate handler) =>
        new FunctionBinder(_node.Services.GetRequiredService<IServiceProviderIsService>()).Bind(FunctionDescriptor.FromDelegate("f", handler), default);

    private Task<string> ReadAsync(FunctionBody body, string json) => body.Accept(new Reading(_node, json));

    private enum Column
    {
        Todo,
        Doing,
    }

    /// <summary>Reads and validates the data as for a call, and runs the function.</summary>
    private sealed class Reading(TestNode node, string json) : IFunctionBodyVisitor<Task<string>>
    {
        public async Task<string> Visit<TIn, TOut>(FunctionBody<TIn, TOut> body)
        {
            var reader = new InputReader<TIn>(new InputOptions(new JsonSerializerOptions(node.Endpoint.Json)));
            var input = reader.Deserialize(System.Text.Encoding.UTF8.GetBytes(json));
            await using var services = node.Endpoint.NewCallServices();
            await reader.ValidateAsync(input, services, default);
            return (string)(object)(await body.Run(services, input, new PikkuContext(node.CallOf(node.Connect().Channel, services))))!;
        }
    }

    private async Task<TOut> RunAsync<TIn, TOut>(
        Delegate handler, TIn input = default!, IPikkuSession? session = null, CancellationToken cancellation = default)
    {
        var body = Assert.IsType<FunctionBody<TIn, TOut>>(Bind(handler));
        await using var services = _node.Endpoint.NewCallServices();
        return await body.Run(services, input, new PikkuContext(_node.CallOf(_node.Connect(session).Channel, services, cancellation)));
    }

    private sealed record Greeter(string Word);

    private sealed class Unregistered;

    private interface IUnknown;

    private interface IClock;

    private sealed class FixedClock : IClock;

    private sealed class OtherSession : IPikkuSession;

    private readonly record struct ValueSession : IPikkuSession;
}
