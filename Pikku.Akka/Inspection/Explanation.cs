namespace Pikku.Akka.Inspection;

/// <summary>What to explain: the decision about a call of an action, or about a subscription to a topic.</summary>
/// <param name="Channel">The name of the channel.</param>
/// <param name="User">The user; null when <paramref name="Connection"/> is given.</param>
/// <param name="Connection">The id of a connection; null for a connection of the user.</param>
/// <param name="Action">The action: its name, or routing key and value as <c>command:run</c>; null for a topic.</param>
/// <param name="Topic">The name of a topic; null for an action.</param>
/// <param name="Data">The data of the message as JSON; null when it is not given.</param>
internal sealed record ExplainRequest(string Channel, string? User, string? Connection, string? Action, string? Topic, string? Data);

/// <summary>The decision, and the gates that led to it.</summary>
/// <param name="Verdict">The decision.</param>
/// <param name="Error">The name of the error that the client would get; null when the call is not denied.</param>
/// <param name="Channel">The name of the channel.</param>
/// <param name="Action">The action; null for a topic.</param>
/// <param name="Topic">The topic; null for an action.</param>
/// <param name="User">The user of the session, or the user that was asked for.</param>
/// <param name="Connection">The id of the connection; null when the user has none on this channel.</param>
/// <param name="Node">The node that has asked the gates.</param>
/// <param name="Session">Where the session comes from.</param>
/// <param name="WiredAt">Where the channel is wired, as file and line; null when it is not known.</param>
/// <param name="Middleware">The middleware around the function, which is not run and may refuse a message as well.</param>
/// <param name="Gates">The gates in the order in which a message passes them.</param>
internal sealed record Explanation(
    Verdict Verdict, string? Error, string Channel, string? Action, string? Topic, string? User, string? Connection, string Node, SessionSource Session,
    string? WiredAt, IReadOnlyList<string> Middleware, IReadOnlyList<ExplainedGate> Gates);

/// <summary>A gate and its answer.</summary>
/// <param name="Kind">What it asks: <c>session</c>, <c>readOnly</c>, <c>scope</c>, <c>permission</c>, <c>policy</c>, or <c>input</c> for data that can't be read.</param>
/// <param name="Place">Where it is wired: <c>application</c>, <c>channel</c> or <c>action</c>.</param>
/// <param name="Name">The scope, the permission or the policy.</param>
/// <param name="Outcome">The answer.</param>
/// <param name="Error">The name of the error that the client would get; null when the gate does not refuse.</param>
/// <param name="Detail">Why it was not asked, or why it refuses; null when there is nothing to add.</param>
/// <param name="Parts">The answers of the permissions that it combines, as far as they were asked; null for none.</param>
internal sealed record ExplainedGate(
    string Kind, string Place, string Name, GateOutcome Outcome, string? Error = null, string? Detail = null, IReadOnlyList<ExplainedPart>? Parts = null);

/// <summary>The answer of one of the permissions that another one combines.</summary>
internal sealed record ExplainedPart(string Name, GateOutcome Outcome);

/// <summary>The decision.</summary>
internal enum Verdict
{
    /// <summary>Every gate lets the call through.</summary>
    Allowed,

    /// <summary>A gate refuses the call.</summary>
    Denied,

    /// <summary>No gate refuses the call, but at least one could not be asked.</summary>
    Unknown,
}

/// <summary>The answer of a gate.</summary>
internal enum GateOutcome
{
    /// <summary>It lets the call through.</summary>
    Allows,

    /// <summary>It refuses the call.</summary>
    Denies,

    /// <summary>It has thrown an exception, which refuses the call.</summary>
    Threw,

    /// <summary>It uses data that was not given.</summary>
    NeedsInput,

    /// <summary>It was not asked.</summary>
    NotAsked,
}

/// <summary>Where the session comes from with which the gates were asked.</summary>
internal enum SessionSource
{
    /// <summary>There is no session.</summary>
    None,

    /// <summary>The session of the connection, as it is now.</summary>
    Live,

    /// <summary>The stored session, with which the next connection of the user begins.</summary>
    Stored,
}
