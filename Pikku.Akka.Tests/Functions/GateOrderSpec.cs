using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using Akka.TestKit.Xunit2;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Functions;

/// <summary>Each test makes a call that two consecutive checks would refuse. The error shows which check ran first.</summary>
[Trait("Rule", "F")]
public sealed class GateOrderSpec : TestKit
{
    private const string GoodInput = """{"n":1}""";
    private const string BadInput = """{"n":99}""";
    private const string WrongType = """{"n":"x"}""";

    private readonly ConcurrentQueue<string> _ran = [];

    [Fact, Trait("Rule", "D1")]
    public async Task Auth_of_the_wiring_comes_before_the_middleware()
    {
        var error = await ErrorAsync(Function() with { Middleware = [Throwing<ConflictError>()] }, null, GoodInput, auth: true);

        Assert.Equal("UnauthorizedError", error);
    }

    [Fact]
    public async Task Middleware_comes_before_the_session() =>
        Assert.Equal("ConflictError", await ErrorAsync(Function() with { Middleware = [Throwing<ConflictError>()] }, null, GoodInput));

    [Fact, Trait("Rule", "D3")]
    public async Task The_session_comes_before_the_scopes() =>
        Assert.Equal("ForbiddenError", await ErrorAsync(Function() with { Scopes = ["admin"] }, null, GoodInput));

    [Fact]
    public async Task Read_only_comes_before_the_scopes() =>
        Assert.Equal("ReadonlySessionError", await ErrorAsync(Function() with { Scopes = ["admin"] }, new TestSession { IsReadOnly = true }, GoodInput));

    [Fact]
    public async Task Read_only_comes_before_the_input() =>
        Assert.Equal("ReadonlySessionError", await ErrorAsync(Function(), new TestSession { IsReadOnly = true }, BadInput));

    [Fact, Trait("Rule", "F2")]
    public async Task The_scopes_come_before_the_input() =>
        Assert.Equal("MissingScopeError", await ErrorAsync(Function() with { Scopes = ["admin"] }, new TestSession(), WrongType));

    [Fact, Trait("Rule", "F2")]
    public async Task All_scopes_are_needed() =>
        Assert.Equal(
            "MissingScopeError",
            await ErrorAsync(Function() with { Scopes = ["admin", "users"] }, new TestSession { Scopes = ["admin"] }, GoodInput));

    [Fact, Trait("Rule", "F3")]
    public async Task The_type_of_the_input_comes_before_the_permissions() =>
        Assert.Equal("UnprocessableContentError", await ErrorAsync(Function(), new TestSession(), WrongType, global: Asking<ConflictError>()));

    [Fact, Trait("Rule", "F3")]
    public async Task The_rules_of_the_input_come_before_the_permissions() =>
        Assert.Equal("UnprocessableContentError", await ErrorAsync(Function(), new TestSession(), BadInput, global: Asking<ConflictError>()));

    [Fact, Trait("Rule", "F1")]
    public async Task Global_permissions_come_before_those_of_the_wiring()
    {
        var error = await ErrorAsync(
            Function(), new TestSession(), GoodInput, global: Asking<ConflictError>(), wiring: Asking<NotFoundError>());

        Assert.Equal("ConflictError", error);
    }

    [Fact, Trait("Rule", "A3")]
    public async Task Permissions_of_the_wiring_come_before_those_of_the_function()
    {
        var error = await ErrorAsync(
            Function() with { Permissions = [Asking<NotFoundError>()] }, new TestSession(), GoodInput, wiring: Asking<ConflictError>());

        Assert.Equal("ConflictError", error);
    }

    [Fact]
    public async Task Permissions_come_before_the_function() =>
        Assert.Equal(
            "ForbiddenError",
            await ErrorAsync(Function() with { Permissions = [PikkuPermission.Of((Input _) => false)] }, new TestSession(), GoodInput));

    [Fact]
    public async Task The_function_runs_when_every_check_succeeds()
    {
        var function = Function() with { Scopes = ["admin"], ReadOnly = true, Permissions = [PikkuPermission.Of((Input i) => i.N == 1)] };

        var reply = await AskAsync(
            function, new TestSession { Scopes = ["*"], IsReadOnly = true }, GoodInput, auth: true,
            global: PikkuPermission.Of((TestSession s) => s.UserId == "ann"), wiring: PikkuPermission.Of((Input _, PikkuContext _) => true));

        Assert.Equal("""{"action":"go","data":1}""", reply);
        Assert.Equal(["function"], _ran);
    }

    private static PikkuMiddleware Throwing<T>() where T : Exception, new() => PikkuMiddleware.Of((_, _) => throw new T());

    private static PikkuPermission Asking<T>() where T : Exception, new() => PikkuPermission.Of(bool (System.Text.Json.JsonElement _, PikkuContext _) => throw new T());

    private FunctionDescriptor Function() => FunctionDescriptor.FromDelegate("f", (Input input) =>
    {
        _ran.Enqueue("function");
        return input.N;
    }) with { RequiresSession = true };

    private async Task<string> ErrorAsync(
        FunctionDescriptor function, IPikkuSession? session, string data, bool auth = false, PikkuPermission? global = null,
        PikkuPermission? wiring = null)
    {
        var reply = await AskAsync(function, session, data, auth, global, wiring);
        Assert.Empty(_ran);
        return Reply.ErrorName(reply);
    }

    private async Task<string> AskAsync(
        FunctionDescriptor function, IPikkuSession? session, string data, bool auth = false, PikkuPermission? global = null,
        PikkuPermission? wiring = null)
    {
        await using var node = new TestNode(app =>
        {
            app.AddScopes("admin", "users").WireChannel("c", c => (auth ? c.RequireSession() : c.AllowAnonymous()).MapAction("go", function).RequirePermission(wiring ?? PikkuPermission.All()));
            if (global is not null)
                app.RequirePermission(global);
        });
        await node.StartAsync(Sys);
        return await node.Connect(session).OwnedBy(Sys).AskAsync($$"""{"action":"go","data":{{data}}}""");
    }

    private sealed class ConflictError() : PikkuException(nameof(ConflictError), 409, "Conflict.");

    private sealed class NotFoundError() : PikkuException(nameof(NotFoundError), 404, "Not found.");

    private sealed record Input([property: Range(0, 10)] int N);
}
