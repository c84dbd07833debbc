using System.Text.Json;
using Pikku.Akka;
using static Conformance.Permissions;

namespace Conformance.Channels;

/// <summary>Sessions, permissions, scopes and read-only sessions.</summary>
public static class SecureChannel
{
    private static readonly FunctionDescriptor Me = FunctionDescriptor.FromSessionlessDelegate("me", (PikkuContext context) => SessionReply.Of(context));

    private static readonly FunctionDescriptor MeFunc = FunctionDescriptor.FromDelegate("meFunc", (PikkuContext context) => SessionReply.Of(context));

    public static PikkuBuilder WireSecure(this PikkuBuilder pikku) => pikku.WireChannel("secure", channel => channel
        .OnMessage("action", on => on
            .WireSessions()
            .WirePermissions()
            .WireScopes()));

    private static ActionsBuilder WireSessions(this ActionsBuilder on) => on
        .On("login", Functions.Login, auth: false)
        .On("logout", (PikkuContext context) => context.ClearSessionAsync())
        .On("me", Me)
        .On("meOpen", Me, auth: false)
        .On("meFunc", MeFunc)
        .On("meFuncOpen", MeFunc, auth: false)
        .On("fnAuthTrue", Guarded("fnAuthTrue"), auth: false);

    private static ActionsBuilder WirePermissions(this ActionsBuilder on) => on
        .On("or", Guarded("or") with { Permissions = PikkuPermissions.AnyOf(("admin", [Admin]), ("owner", [Owner])) })
        .On("and", Guarded("and") with { Permissions = PikkuPermissions.AnyOf(("both", [Admin, Owner])) })
        .On("arr", Guarded("arr") with { Permissions = PikkuPermissions.AllOf(Admin, Owner) })
        .On("never", Guarded("never") with { Permissions = Never })
        .On("emptyGroup", Guarded("emptyGroup") with { Permissions = PikkuPermissions.AnyOf() })
        .On("emptyArr", Guarded("emptyArr") with { Permissions = PikkuPermissions.AnyOf(("x", [])) })
        .On("permThrows", Guarded("permThrows") with { Permissions = Throws })
        .On("wiringPerm", Guarded("wiringPerm"), permissions: Never)
        .On("permBadData", GuardedNumber("permBadData") with { Permissions = Never });

    private static ActionsBuilder WireScopes(this ActionsBuilder on) => on
        .On("scoped", Guarded("scoped") with { Scopes = ["admin:invoices:create"] })
        .On("scopedBadData", GuardedNumber("scopedBadData") with { Scopes = ["admin:invoices:create"] })
        .On("read", Guarded("read") with { ReadOnly = true })
        .On("write", Guarded("write"));

    private static FunctionDescriptor Guarded(string name) => FunctionDescriptor.FromDelegate(name, (JsonElement data) => new { ok = 1 });

    private static FunctionDescriptor GuardedNumber(string name) => FunctionDescriptor.FromDelegate(name, (NumberInput data) => new { ok = 1 });
}
