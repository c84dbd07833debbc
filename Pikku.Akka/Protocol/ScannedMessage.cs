namespace Pikku.Akka.Protocol;

/// <summary>Where things stand in a message. The ranges are into its text.</summary>
internal struct ScannedMessage
{
    public ScanOutcome Outcome;

    /// <summary>The index of the action; -1 for none.</summary>
    public int Action;

    /// <summary>The index of the routing key; of a message that names no action the first one that it has; -1 for none.</summary>
    public int Key;

    /// <summary>The value of the routing key as it stands, quotes included. Replies echo it.</summary>
    public Range Value;

    /// <summary>True when the message has the form <c>{"action":…,"id":…,"data":…}</c>.</summary>
    public bool Enveloped;

    public bool HasId;

    /// <summary>The id as it stands, quotes included.</summary>
    public Range Id;

    /// <summary>The value of <c>data</c>; empty when there is none.</summary>
    public Range Data;

    /// <summary>True for what belongs to server→client calls: it is nobody's action.</summary>
    public bool IsRpc;
}
