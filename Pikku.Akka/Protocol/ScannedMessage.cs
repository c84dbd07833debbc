namespace Pikku.Akka.Protocol;

/// <summary>
/// The positions in a message. The ranges are unchanged parts of its text; an empty range means that the part is absent, since no JSON is empty.
/// </summary>
internal readonly struct ScannedMessage
{
    public ScanOutcome Outcome { get; init; }

    /// <summary>The number of the action; −1 for none.</summary>
    public int Action { get; init; }

    /// <summary>
    /// The index of the routing key that matched; otherwise of the first routing key with a string or a number, which correlates the error; −1 if
    /// there is none.
    /// </summary>
    public int Key { get; init; }

    /// <summary>The value of the routing key including quotes. Replies echo it.</summary>
    public Range Value { get; init; }

    /// <summary>The property of the routing key, from the quote of its name to the end of its value.</summary>
    public Range Property { get; init; }

    /// <summary>True when the message contains the routing property more than once.</summary>
    public bool RepeatsKey { get; init; }

    /// <summary>Rule B3: the payload is <see cref="Data"/>, and the reply has the same form.</summary>
    public bool Enveloped { get; init; }

    public bool HasId { get; init; }

    /// <summary>The id of an enveloped message including quotes.</summary>
    public Range Id { get; init; }

    /// <summary>The payload of an enveloped message; empty when it has no <c>data</c>.</summary>
    public Range Data { get; init; }

    /// <summary>True for messages of server→client calls (rule L1), which belong to no action.</summary>
    public bool IsRpc { get; init; }
}
