namespace Pikku.Akka.Protocol;

/// <summary>
/// Where things stand in a message. The ranges are parts of its text, as they came; an empty one is absent, for no JSON is empty.
/// </summary>
internal readonly struct ScannedMessage
{
    public ScanOutcome Outcome { get; init; }

    /// <summary>The number of the action; −1 for none.</summary>
    public int Action { get; init; }

    /// <summary>
    /// The number of the routing key that matched; when none did, of the first one that is there with a string or a number, to correlate
    /// the error by; −1 for none.
    /// </summary>
    public int Key { get; init; }

    /// <summary>The value of the routing key, quotes included. Replies echo it.</summary>
    public Range Value { get; init; }

    /// <summary>The property of the routing key, from the quote of its name to the end of its value.</summary>
    public Range Property { get; init; }

    /// <summary>The property of the routing key stands there more than once.</summary>
    public bool RepeatsKey { get; init; }

    /// <summary>Contract B3: the payload is <see cref="Data"/>, and the answer has the same form.</summary>
    public bool Enveloped { get; init; }

    public bool HasId { get; init; }

    /// <summary>The id of an enveloped message, quotes included.</summary>
    public Range Id { get; init; }

    /// <summary>The payload of an enveloped message; empty when it has no <c>data</c>.</summary>
    public Range Data { get; init; }

    /// <summary>True for what belongs to calls of the server to the client (contract L): it is nobody's action.</summary>
    public bool IsRpc { get; init; }
}
