namespace Pikku.Akka;

/// <summary>Which permissions a call needs: groups, of which one is enough; within a group, all. No group at all, or an empty one, allows.</summary>
public sealed class PikkuPermissions
{
    private PikkuPermissions(IReadOnlyList<(string Name, IReadOnlyList<PikkuPermission> All)> groups) => Groups = groups;

    /// <summary>Allows everything.</summary>
    public static PikkuPermissions None { get; } = new([]);

    internal IReadOnlyList<(string Name, IReadOnlyList<PikkuPermission> All)> Groups { get; }

    /// <summary>All of these.</summary>
    /// <param name="permissions">The permissions.</param>
    public static PikkuPermissions AllOf(params PikkuPermission[] permissions) => new([("", permissions)]);

    /// <summary>One of these groups; within a group, all.</summary>
    /// <param name="groups">The groups, each with its name.</param>
    public static PikkuPermissions AnyOf(params (string Name, PikkuPermission[] All)[] groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        return new([.. groups.Select(g => (g.Name, (IReadOnlyList<PikkuPermission>)g.All))]);
    }

    /// <summary>This permission alone.</summary>
    /// <param name="permission">The permission.</param>
    public static implicit operator PikkuPermissions(PikkuPermission permission) => AllOf(permission);
}
