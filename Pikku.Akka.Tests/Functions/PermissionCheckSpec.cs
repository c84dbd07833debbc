using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Functions;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Functions;

[Trait("Rule", "F1")]
public sealed class PermissionCheckSpec : IAsyncDisposable
{
    private static readonly PikkuPermission Yes = PikkuPermission.Of("yes", (object _, PikkuContext _) => true);
    private static readonly PikkuPermission No = PikkuPermission.Of("no", (object _, PikkuContext _) => false);
    private static readonly PikkuPermission Slow = PikkuPermission.Of("slow", async (object _, PikkuContext _) => { await Task.Yield(); return true; });
    private static readonly PikkuPermission Throws = PikkuPermission.Of("throws", bool (object _, PikkuContext _) => throw new NotFoundError());

    private readonly TestNode _node = new(
        app => app.WireChannel("c", c => c.AllowAnonymous().MapAction("go", ([FromData] int n) => n)),
        services => services.AddSingleton(new Owner("ann")));

    private readonly PermissionBinder _binder;

    public PermissionCheckSpec() => _binder = new PermissionBinder(_node.Services.GetRequiredService<IServiceProviderIsService>());

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public void Is_empty_without_groups() => Assert.True(new PermissionCheck([], [], []).IsEmpty);

    [Fact]
    public async Task Allows_everything_without_permissions() => await AllowsAsync([]);

    [Fact]
    public async Task One_group_is_enough() => await AllowsAsync([], PikkuPermission.Any(No, Yes));

    [Fact]
    public async Task No_group_is_too_few() => await RefusesAsync([], PikkuPermission.Any(No, No));

    [Fact]
    public async Task All_of_a_group_are_needed()
    {
        await AllowsAsync([], PikkuPermission.All(Yes, Slow, Yes));
        await RefusesAsync([], PikkuPermission.All(Yes, No));
        await RefusesAsync([], PikkuPermission.All(Slow, No));
        await RefusesAsync([], PikkuPermission.Any(PikkuPermission.All(Yes, No), PikkuPermission.All(No, Yes)));
    }

    [Fact]
    public async Task An_empty_group_allows() => await AllowsAsync([], PikkuPermission.Any(No, PikkuPermission.All()));

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
        await Assert.ThrowsAsync<NotFoundError>(() => DemandAsync(null, [], PikkuPermission.Any(Throws, Yes)));
    }

    [Fact]
    public async Task Evaluates_no_more_permissions_than_necessary()
    {
        await AllowsAsync([], PikkuPermission.Any(Yes, Throws));
        await RefusesAsync([], PikkuPermission.All(No, Throws));
        await RefusesAsync([No, Throws], Throws);
    }

    [Fact]
    public async Task A_session_permission_refuses_a_missing_session_and_sessions_of_another_type()
    {
        var auth = PikkuPermission.Of((TestSession s) => s.UserId == "ann");

        await DemandAsync(new TestSession("ann"), [], auth);
        await Assert.ThrowsAsync<ForbiddenError>(() => DemandAsync(new TestSession("bob"), [], auth));
        await Assert.ThrowsAsync<ForbiddenError>(() => DemandAsync(null, [], auth));
        await Assert.ThrowsAsync<ForbiddenError>(() => DemandAsync(new OtherSession(), [], auth));
    }

    [Fact]
    public async Task A_permission_for_any_data_receives_the_json_of_the_message()
    {
        JsonElement? seen = null;

        await DemandAsync(null, [], PikkuPermission.Of((JsonElement data, PikkuContext _) => { seen = data; return true; }));

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

    private Task AllowsAsync(PikkuPermission[] global, params PikkuPermission[] sets) => DemandAsync(null, global, sets);

    private async Task RefusesAsync(PikkuPermission[] global, params PikkuPermission[] sets) =>
        await Assert.ThrowsAsync<ForbiddenError>(() => DemandAsync(null, global, sets));

    private async Task DemandAsync(IPikkuSession? session, PikkuPermission[] global, params PikkuPermission[] sets)
    {
        var message = _node.Connect(session).Text("""{"action":"go","data":7}""");
        message.Decode();
        BoundPermission Bind(PikkuPermission permission) => _binder.Bind(permission, new PermissionPlace(typeof(int), null));
        await new PermissionCheck([.. global.Select(Bind)], [], [.. sets.Select(Bind)]).DemandAsync(message, 7);
    }

    private sealed record Owner(string UserId);

    private sealed class OtherSession : IPikkuSession;

    private sealed class IsOwner(Owner owner) : IPikkuPermission
    {
        public ValueTask<bool> AllowsAsync(PikkuContext context, CancellationToken cancellationToken) => new(context.Session?.UserId == owner.UserId);
    }

    private sealed class IsSeven(Owner owner) : IPikkuPermission<int>
    {
        public ValueTask<bool> AllowsAsync(int data, PikkuContext context, CancellationToken cancellationToken) => new(data == 7 && owner.UserId.Length > 0);
    }

    private sealed class IsTwoThings : IPikkuPermission<int>, IPikkuPermission<string>
    {
        public ValueTask<bool> AllowsAsync(int data, PikkuContext context, CancellationToken cancellationToken) => new(true);

        public ValueTask<bool> AllowsAsync(string data, PikkuContext context, CancellationToken cancellationToken) => new(true);
    }
}
