namespace Pikku.Akka;

/// <summary>The permissions that a call needs, in groups: all permissions of at least one group must allow the call. Without groups, or with an empty group, every call is allowed.</summary>
public sealed class PikkuPermissions
{
    private PikkuPermissions(IReadOnlyList<(string Name, IReadOnlyList<PikkuPermission> All)> groups) => Groups = groups;

    /// <summary>Allows every call.</summary>
    public static PikkuPermissions None { get; } = new([]);

    internal IReadOnlyList<(string Name, IReadOnlyList<PikkuPermission> All)> Groups { get; }

    /// <summary>Requires all of the permissions.</summary>
    /// <param name="permissions">The permissions.</param>
    public static PikkuPermissions AllOf(params PikkuPermission[] permissions) => new([("", permissions)]);

    /// <summary>Requires all permissions of at least one group.</summary>
    /// <param name="groups">The groups, each with its name.</param>
    public static PikkuPermissions AnyOf(params (string Name, PikkuPermission[] All)[] groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        return new([.. groups.Select(g => (g.Name, (IReadOnlyList<PikkuPermission>)g.All))]);
    }

    /// <summary>Requires this permission.</summary>
    /// <param name="permission">The permission.</param>
    public static implicit operator PikkuPermissions(PikkuPermission permission) => AllOf(permission);
}
