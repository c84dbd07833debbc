using System.Text.Json;
using Pikku.Akka;

namespace Conformance;

/// <summary>The permissions of the application.</summary>
internal static class Permissions
{
    /// <summary>A global permission that denies every object which asks for it.</summary>
    public static PikkuPermission NotDeniedGlobally { get; } = PikkuPermission.For<JsonElement>(
        (data, _) => !(data.ValueKind == JsonValueKind.Object && data.TryGetProperty("denyGlobal", out var deny) && deny.ValueKind == JsonValueKind.True),
        "notDeniedGlobally");

    public static PikkuPermission Admin { get; } = PikkuPermission.Auth<ConformanceSession>(session => session.Role == "admin", "admin");

    public static PikkuPermission Owner { get; } = PikkuPermission.For<JsonElement>(
        (data, context) => data.ValueKind == JsonValueKind.Object
            && data.TryGetProperty("owner", out var owner)
            && owner.ValueKind == JsonValueKind.String
            && owner.ValueEquals(context.Session?.UserId),
        "owner");

    public static PikkuPermission Never { get; } = PikkuPermission.Auth<ConformanceSession>(_ => false, "never");

    public static PikkuPermission Throws { get; } = PikkuPermission.Auth<ConformanceSession>(_ => throw new NotFoundError("within a permission"), "throws");
}
