using System.Text.Json;
using Pikku.Akka;

namespace Conformance;

/// <summary>The permissions of the application.</summary>
internal static class Permissions
{
    /// <summary>A global permission that denies every object which asks for it.</summary>
    public static PikkuPermission NotDeniedGlobally { get; } = PikkuPermission.Of("notDeniedGlobally", (JsonElement data, PikkuContext _) => !(data.ValueKind == JsonValueKind.Object && data.TryGetProperty("denyGlobal", out var deny) && deny.ValueKind == JsonValueKind.True));

    public static PikkuPermission Admin { get; } = PikkuPermission.Of("admin", (ConformanceSession session) => session.Role == "admin");

    public static PikkuPermission Owner { get; } = PikkuPermission.Of("owner", (JsonElement data, PikkuContext context) => data.ValueKind == JsonValueKind.Object
            && data.TryGetProperty("owner", out var owner)
            && owner.ValueKind == JsonValueKind.String
            && owner.ValueEquals(context.Session?.UserId));

    public static PikkuPermission Never { get; } = PikkuPermission.Of("never", (ConformanceSession _) => false);

    public static PikkuPermission Throws { get; } = PikkuPermission.Of("throws", bool (ConformanceSession _) => throw new NotFoundError("within a permission"));
}
