using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Functions;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Functions;

[Trait("Rule", "F1")]
public sealed class PermissionCheckSpec : IAsyncDisposable
{
    private static readonly PikkuPermission Yes = PikkuPermission.For<object>((_, _) => true, "yes");
    private static readonly PikkuPermission No = PikkuPermission.For<object>((_, _) => false, "no");
    private static readonly PikkuPermission Slow = PikkuPermission.For<object>(async (_, _) => { await Task.Yield(); return true; }, "slow");
    private static readonly PikkuPermission Throws = PikkuPermission.For<object>(bool (_, _) => throw new NotFoundError(), "throws");

    private readonly TestNode _node = new(
        app => app.WireChannel("c", c => c.AllowAnonymous().OnMessage("action", a => a.On("go", (int n) => n))),
        services => services.AddSingleton(new Owner("ann")));

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public void Is_empty_without_groups() => Assert.True(new PermissionCheck([], [PikkuPermissions.None, PikkuPermissions.None]).IsEmpty);

    [Fact]
    public async Task Allows_everything_without_permissions() => await AllowsAsync([]);

    [Fact]
    public async Task One_group_is_enough() => await AllowsAsync([], PikkuPermissions.AnyOf(("a", [No]), ("b", [Yes])));

    [Fact]
    public async Task No_group_is_too_few() => await RefusesAsync([], PikkuPermissions.AnyOf(("a", [No]), ("b", [No])));

    [Fact]
    public async Task All_of_a_group_are_needed()
    {
        await AllowsAsync([], PikkuPermissions.AllOf(Yes, Slow, Yes));
        await RefusesAsync([], PikkuPermissions.AllOf(Yes, No));
        await RefusesAsync([], PikkuPermissions.AllOf(Slow, No));
        await RefusesAsync([], PikkuPermissions.AnyOf(("a", [Yes, No]), ("b", [No, Yes])));
    }

    [Fact]
    public async Task An_empty_group_allows() => await AllowsAsync([], PikkuPermissions.AnyOf(("a", [No]), ("b", [])));

    [Fact]
    public async Task A_bare_permission_is_one_group() => await RefusesAsync([], No);

    [Fact, Trait("Rule", "A3")]
    public async Task Wiring_and_function_must_both_allow()
    {
        await AllowsAsync([], Yes, Yes);
        await RefusesAsync([], No, Yes);
        await RefusesAsync([], Yes, No);
    }

    [Fact]
    public async Task All_global_permissions_are_needed_beside_the_groups()
    {
        await AllowsAsync([Yes, Slow], Yes);
        await RefusesAsync([Yes, No], Yes);
        await RefusesAsync([Yes], No);
        await RefusesAsync([No]);
    }

    [Fact]
    public async Task An_exception_of_a_permission_becomes_the_error()
    {
        await Assert.ThrowsAsync<NotFoundError>(() => DemandAsync(null, [], Throws));
        await Assert.ThrowsAsync<NotFoundError>(() => DemandAsync(null, [Throws]));
        await Assert.ThrowsAsync<NotFoundError>(() => DemandAsync(null, [], PikkuPermissions.AnyOf(("a", [Throws]), ("b", [Yes]))));
    }

    [Fact]
    public async Task Evaluates_no_more_permissions_than_necessary()
    {
        await AllowsAsync([], PikkuPermissions.AnyOf(("a", [Yes]), ("b", [Throws])));
        await RefusesAsync([], PikkuPermissions.AllOf(No, Throws));
        await RefusesAsync([No, Throws], Throws);
    }

    [Fact]
    public async Task A_session_permission_refuses_a_missing_session_and_sessions_of_another_type()
    {
        var auth = PikkuPermission.Auth<TestSession>(s => s.UserId == "ann");

        await DemandAsync(new TestSession("ann"), [], auth);
        await Assert.ThrowsAsync<ForbiddenError>(() => DemandAsync(new TestSession("bob"), [], auth));
        await Assert.ThrowsAsync<ForbiddenError>(() => DemandAsync(null, [], auth));
        await Assert.ThrowsAsync<ForbiddenError>(() => DemandAsync(new OtherSession(), [], auth));
    }

    [Fact]
    public async Task A_permission_for_any_data_receives_the_json_of_the_message()
    {
        JsonElement? seen = null;

        await DemandAsync(null, [], PikkuPermission.For<JsonElement>((data, _) => { seen = data; return true; }));

        Assert.Equal("7", seen?.GetRawText());
    }

    [Fact]
    public async Task A_class_gets_services_through_its_constructor()
    {
        await DemandAsync(new TestSession("ann"), [], PikkuPermission.Of<IsOwner>());
        await Assert.ThrowsAsync<ForbiddenError>(() => DemandAsync(new TestSession("bob"), [], PikkuPermission.Of<IsOwner>()));
        await DemandAsync(null, [], PikkuPermission.Of<IsSeven>());
    }

    [Fact]
    public void A_class_that_is_not_a_permission_is_refused()
    {
        Assert.Throws<ArgumentException>(PikkuPermission.Of<Owner>);
        Assert.Throws<ArgumentException>(PikkuPermission.Of<IsTwoThings>);
    }

    private Task AllowsAsync(PikkuPermission[] global, params PikkuPermissions[] sets) => DemandAsync(null, global, sets);

    private async Task RefusesAsync(PikkuPermission[] global, params PikkuPermissions[] sets) =>
        await Assert.ThrowsAsync<ForbiddenError>(() => DemandAsync(null, global, sets));

    private async Task DemandAsync(IPikkuSession? session, PikkuPermission[] global, params PikkuPermissions[] sets)
    {
        var message = _node.Connect(session).Text("""{"action":"go","data":7}""");
        message.Decode();
        await new PermissionCheck(global, sets).DemandAsync(message, 7);
    }

    private sealed record Owner(string UserId);

    private sealed class OtherSession : IPikkuSession;

    private sealed class IsOwner(Owner owner) : IPikkuAuth
    {
        public ValueTask<bool> AllowsAsync(IPikkuSession? session) => new(session?.UserId == owner.UserId);
    }

    private sealed class IsSeven(Owner owner) : IPikkuPermission<int>
    {
        public ValueTask<bool> AllowsAsync(int data, PikkuContext context) => new(data == 7 && owner.UserId.Length > 0);
    }

    private sealed class IsTwoThings : IPikkuPermission<int>, IPikkuPermission<string>
    {
        public ValueTask<bool> AllowsAsync(int data, PikkuContext context) => new(true);

        public ValueTask<bool> AllowsAsync(string data, PikkuContext context) => new(true);
    }
}
