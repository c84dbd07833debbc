using System.Text.Json;
using Pikku.Akka;
using static Conformance.Permissions;

namespace Conformance.Channels;

/// <summary>Sessions, permissions, scopes and read-only sessions.</summary>
public static class SecureChannel
{
    private static readonly Delegate Me = [PikkuFunction(Name = "me")] (PikkuContext context) => SessionReply.Of(context);

    // Needs a session wherever it is wired, because its parameter can't be null.
    private static readonly Delegate MeFunc = [PikkuFunction(Name = "meFunc")] (IPikkuSession _, PikkuContext context) => SessionReply.Of(context);

    private static readonly Delegate Guarded = (IPikkuSession _, JsonElement data) => new { ok = 1 };

    private static readonly Delegate GuardedNumber = (IPikkuSession _, NumberInput data) => new { ok = 1 };

    public static PikkuBuilder WireSecure(this PikkuBuilder pikku) => pikku.WireChannel("secure", channel =>
    {
        channel.WireSessions();
        channel.WirePermissions();
        channel.WireScopes();
    });

    private static void WireSessions(this ChannelBuilder channel)
    {
        channel.MapAction("login", Functions.Login).AllowAnonymous();
        channel.MapAction("logout", (PikkuContext context) => context.ClearSessionAsync());
        channel.MapAction("me", Me);
        channel.MapAction("meOpen", Me).AllowAnonymous();
        channel.MapAction("meFunc", MeFunc);
        channel.MapAction("meFuncOpen", MeFunc).AllowAnonymous();
        channel.MapAction("fnAuthTrue", Guarded).AllowAnonymous();
    }

    private static void WirePermissions(this ChannelBuilder channel)
    {
        channel.MapAction("or", Guarded).RequirePermission(PikkuPermission.Any(Admin, Owner));
        channel.MapAction("and", Guarded).RequirePermission(PikkuPermission.Any(PikkuPermission.All(Admin, Owner)));
        channel.MapAction("arr", Guarded).RequirePermission(Admin).RequirePermission(Owner);
        channel.MapAction("never", Guarded).RequirePermission(Never);
        channel.MapAction("emptyGroup", Guarded).RequirePermission(PikkuPermission.Any());
        channel.MapAction("emptyArr", Guarded).RequirePermission(PikkuPermission.Any(PikkuPermission.All()));
        channel.MapAction("permThrows", Guarded).RequirePermission(Throws);
        channel.MapAction("wiringPerm", Guarded).RequirePermission(Never);
        channel.MapAction("permBadData", GuardedNumber).RequirePermission(Never);
    }

    private static void WireScopes(this ChannelBuilder channel)
    {
        channel.MapAction("scoped", Guarded).RequireScope("admin:invoices:create");
        channel.MapAction("scopedBadData", GuardedNumber).RequireScope("admin:invoices:create");
        channel.MapAction("read", [PikkuFunction(ReadOnly = true)] (IPikkuSession _, JsonElement data) => new { ok = 1 });
        channel.MapAction("write", Guarded);
    }
}
