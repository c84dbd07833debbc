namespace Pikku.Akka.Functions;

/// <summary>Checks the permissions of one action, in this order: the global ones, those of the channel, of the wiring and of the function. All must allow the call.</summary>
/// <param name="global">The global permissions.</param>
/// <param name="channel">The permissions of the channel.</param>
/// <param name="own">The permissions of the wiring and of the function.</param>
internal sealed class PermissionCheck(BoundPermission[] global, BoundPermission[] channel, BoundPermission[] own)
{
    /// <summary>No permissions.</summary>
    public static PermissionCheck None { get; } = new([], [], []);

    /// <summary>True when there are no permissions to check.</summary>
    public bool IsEmpty { get; } = global.Length + channel.Length + own.Length == 0;

    /// <summary>The permissions that every call of the application needs.</summary>
    public IReadOnlyList<BoundPermission> Global => global;

    /// <summary>The permissions of the channel.</summary>
    public IReadOnlyList<BoundPermission> Channel => channel;

    /// <summary>The names of the policies of ASP.NET Core that may be asked.</summary>
    public IEnumerable<string> Policies => global.Concat(channel).Concat(own).SelectMany(bound => bound.Permission.Leaves).Select(leaf => leaf.Policy).OfType<string>();

    /// <summary>The permissions of the wiring and of the function.</summary>
    public IReadOnlyList<BoundPermission> Own => own;

    /// <exception cref="ForbiddenError">One permission does not allow the call.</exception>
    public async ValueTask DemandAsync(Invocation invocation, object? input)
    {
        var call = new PermissionCall(invocation.Context, input, invocation.OpeningData, invocation.TopicCall?.Key, invocation);
        foreach (var permission in global)
            if (!await permission.AllowsAsync(call).ConfigureAwait(false))
                throw new ForbiddenError($"The global permission {permission.Permission.Name} refused {invocation.Action.Label}.");

        if (channel.Length > 0 && !invocation.IsChannelAllowed)
        {
            var session = invocation.Context.Session;
            foreach (var permission in channel)
                if (!await permission.AllowsAsync(call).ConfigureAwait(false))
                    throw new ForbiddenError($"The permission {permission.Permission.Name} of the channel refused {invocation.Action.Label}.");
            invocation.KeepChannelAllowed(session);
        }

        foreach (var permission in own)
            if (!await permission.AllowsAsync(call).ConfigureAwait(false))
                throw new ForbiddenError($"The permission {permission.Permission.Name} refused {invocation.Action.Label}.");
    }
}
