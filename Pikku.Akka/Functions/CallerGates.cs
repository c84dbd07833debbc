namespace Pikku.Akka.Functions;

/// <summary>What a function or a topic requires of the session of the caller, in the order in which it is asked: a session, one that is not read-only, scopes.</summary>
/// <param name="gates">The gates.</param>
internal sealed class CallerGates(CallerGate[] gates)
{
    public IReadOnlyList<CallerGate> All => gates;

    /// <summary>The gates of a function.</summary>
    public static CallerGates Of(FunctionDescriptor function)
    {
        var gates = new List<CallerGate>();
        if (function.RequiresSession)
            gates.Add(new CallerGate(
                GateKind.Session, GatePlace.Action, "a session, which the function uses", static session => session is not null,
                _ => new ForbiddenError($"The function '{function.Name}' needs a session.")));
        if (!function.ReadOnly)
            gates.Add(new CallerGate(
                GateKind.ReadOnly, GatePlace.Action, "a session that is not read-only", static session => session is not { IsReadOnly: true },
                _ => new ReadonlySessionError($"The function '{function.Name}' is not read-only.")));
        foreach (var scope in function.Scopes)
            gates.Add(ScopeGate(scope, _ => new MissingScopeError($"The function '{function.Name}' needs the scope '{scope}'.")));
        return new CallerGates([.. gates]);
    }

    /// <summary>The gates of a topic. The session is asked before the middleware, and again here, because a concurrent message may have ended it since.</summary>
    public static CallerGates Of(bool requiresSession, IReadOnlyList<string> scopes)
    {
        var gates = new List<CallerGate>();
        if (requiresSession)
            gates.Add(new CallerGate(
                GateKind.Session, GatePlace.Action, "a session, still after the middleware", static session => session is not null,
                static label => new UnauthorizedRouteError(label)));
        foreach (var scope in scopes)
            gates.Add(ScopeGate(scope, label => new MissingScopeError($"{label} needs the scope '{scope}'.")));
        return new CallerGates([.. gates]);
    }

    /// <summary>Asks the gates.</summary>
    /// <param name="session">The session; null for none.</param>
    /// <param name="label">The label of the action.</param>
    /// <param name="witness">Watches; null for a message of a client.</param>
    /// <exception cref="PikkuException">A gate refuses the session.</exception>
    public void Demand(IPikkuSession? session, string label, GateWitness? witness = null)
    {
        foreach (var gate in gates)
            if (gate.RefusalOf(session, label, witness) is { } refusal)
                throw refusal;
    }

    private static CallerGate ScopeGate(string scope, Func<string, Exception> refusal) => new(
        GateKind.Scope, GatePlace.Action, scope, session => session is not null && ScopeMatcher.Satisfies(session.Scopes, scope), refusal);
}
