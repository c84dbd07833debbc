namespace Pikku.Akka.Protocol;

/// <summary>What one pass over a message found. The ranges are parts of its text, as they came.</summary>
internal readonly struct ScannedMessage
{
    public ScanOutcome Outcome { get; init; }

    public ReservedAction Reserved { get; init; }

    /// <summary>Contract B3: the payload is <see cref="Data"/>, and the answer has the same form.</summary>
    public bool Enveloped { get; init; }

    /// <summary>The routing property stands there more than once.</summary>
    public bool RepeatsKey { get; init; }

    /// <summary>The number of the action in its <see cref="RoutingTable"/>; −1 when nothing matched.</summary>
    public int Action { get; init; }

    /// <summary>The key that matched; when nothing did, the first one that is there with a string or a number, to correlate the error by.</summary>
    public RoutingKey? Key { get; init; }

    /// <summary>The value of <see cref="Key"/>, with its quotes.</summary>
    public TextRange KeyValue { get; init; }

    /// <summary>The property of <see cref="Key"/>, from the quote of its name to the end of its value.</summary>
    public TextRange KeyProperty { get; init; }

    /// <summary>The id of an enveloped message, with its quotes.</summary>
    public TextRange Id { get; init; }

    /// <summary>The payload of an enveloped message; none when it has no <c>data</c>.</summary>
    public TextRange Data { get; init; }
}
