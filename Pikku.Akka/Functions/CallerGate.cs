namespace Pikku.Akka.Functions;

/// <summary>A gate that asks only about the session of the caller.</summary>
/// <param name="kind">What it asks.</param>
/// <param name="place">Where it is wired.</param>
/// <param name="name">What it requires, for people.</param>
/// <param name="allows">Decides.</param>
/// <param name="refusal">Creates the error. It gets the label of the action.</param>
internal sealed class CallerGate(
    GateKind kind, GatePlace place, string name, Func<IPikkuSession?, bool> allows, Func<string, Exception> refusal) : Gate(kind, place, name)
{
    /// <summary>
    /// The session that an action or a topic requires unless it allows anonymous clients. It is asked when the turn of the message comes, before any code of the message runs.
    /// </summary>
    public static CallerGate Entry { get; } = new(
        GateKind.Session, GatePlace.Channel, "a session", static session => session is not null, static label => new UnauthorizedRouteError(label));

    /// <summary>Returns the error for a session that the gate refuses; null for one that it lets through.</summary>
    /// <param name="session">The session.</param>
    /// <param name="label">The label of the action.</param>
    /// <param name="witness">Watches; null for a message of a client.</param>
    public Exception? RefusalOf(IPikkuSession? session, string label, GateWitness? witness)
    {
        var allowed = allows(session);
        witness?.Answered(this, allowed);
        return allowed ? null : refusal(label);
    }
}
