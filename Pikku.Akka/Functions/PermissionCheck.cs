namespace Pikku.Akka.Functions;

/// <summary>Checks the permissions of one action, in this order: the global ones, those of the channel, of the wiring and of the function. All must allow the call.</summary>
/// <param name="global">The global permissions.</param>
/// <param name="channel">The permissions of the channel.</param>
/// <param name="own">The permissions of the wiring and of the function.</param>
internal sealed class PermissionCheck(BoundPermission[] global, BoundPermission[] channel, BoundPermission[] own)
{
    private readonly PermissionGate[] _gates =
    [
        .. global.Select(permission => new PermissionGate(permission, GatePlace.Application)),
        .. channel.Select(permission => new PermissionGate(permission, GatePlace.Channel)),
        .. own.Select(permission => new PermissionGate(permission, GatePlace.Action)),
    ];

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

    /// <summary>All of them, in the order in which they are asked.</summary>
    public IReadOnlyList<PermissionGate> Gates => _gates;

    /// <summary>Asks the permissions until one does not allow the call.</summary>
    /// <param name="invocation">The call.</param>
    /// <param name="input">The data of the call.</param>
    /// <param name="witness">Watches; null for a message of a client.</param>
    /// <exception cref="ForbiddenError">One permission does not allow the call.</exception>
    public async ValueTask DemandAsync(Invocation invocation, object? input, GateWitness? witness = null)
    {
        var call = new PermissionCall(invocation.Context, input, invocation.OpeningData, invocation.TopicCall?.Key, invocation, witness);
        var (isKept, endOfChannel) = (false, global.Length + channel.Length);
        IPikkuSession? session = null;
        for (var i = 0; i < _gates.Length; i++)
        {
            var gate = _gates[i];
            if (i == global.Length && i < endOfChannel)
            {
                isKept = invocation.IsChannelAllowed;
                session = isKept ? null : invocation.Context.Session;
            }

            if (isKept && i < endOfChannel)
            {
                witness?.Kept(gate);
                continue;
            }

            if (witness is not null)
            {
                if (!witness.MayAsk(gate))
                    continue;
                witness.Asking(gate);
            }

            var allowed = await gate.Permission.AllowsAsync(call).ConfigureAwait(false);
            witness?.Answered(gate, allowed);
            if (!allowed)
                throw gate.Refusal(invocation.Action.Label);
            if (i == endOfChannel - 1 && i >= global.Length)
                invocation.KeepChannelAllowed(session);
        }
    }
}
