using System.Text.Json;

namespace Pikku.Akka.Functions;

/// <summary>Checks the permissions of one action: first the global ones, then those of the wiring and of the function. All sets must allow the call.</summary>
/// <param name="global">The global permissions. All of them must allow the call.</param>
/// <param name="sets">The sets of groups. In each set at least one group must allow the call; a group allows it if all of its permissions do.</param>
internal sealed class PermissionCheck(IReadOnlyList<PikkuPermission> global, IReadOnlyList<PikkuPermissions> sets)
{
    /// <summary>True when there are no permissions to check.</summary>
    public bool IsEmpty { get; } = global.Count == 0 && sets.All(s => s.Groups.Count == 0);

    /// <exception cref="ForbiddenError">One set does not allow the call.</exception>
    public async ValueTask DemandAsync(Invocation invocation, object? input)
    {
        foreach (var permission in global)
            if (!await AllowsAsync(permission, invocation, input).ConfigureAwait(false))
                throw new ForbiddenError($"The global permission {permission.Name} refused {invocation.Action.Label}.");

        foreach (var set in sets)
            if (!await AnyGroupAllowsAsync(set, invocation, input).ConfigureAwait(false))
                throw new ForbiddenError($"No permission group allowed {invocation.Action.Label}.");
    }

    private static async ValueTask<bool> AnyGroupAllowsAsync(PikkuPermissions set, Invocation invocation, object? input)
    {
        foreach (var (_, all) in set.Groups)
            if (await AllAllowAsync(all, invocation, input).ConfigureAwait(false))
                return true;
        return set.Groups.Count == 0;
    }

    private static async ValueTask<bool> AllAllowAsync(IReadOnlyList<PikkuPermission> all, Invocation invocation, object? input)
    {
        foreach (var permission in all)
            if (!await AllowsAsync(permission, invocation, input).ConfigureAwait(false))
                return false;
        return true;
    }

    private static ValueTask<bool> AllowsAsync(PikkuPermission permission, Invocation invocation, object? input)
    {
        var data = permission.DataType == typeof(JsonElement) && input is not JsonElement ? invocation.DataAsJson() : input;
        return permission.Allows(invocation.Context.Services, data, invocation.Context);
    }
}
