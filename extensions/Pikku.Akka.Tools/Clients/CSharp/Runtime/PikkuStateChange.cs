namespace Pikku.Clients;

/// <summary>A change of the state of a route.</summary>
/// <param name="State">What it is now.</param>
/// <param name="Previous">What it was.</param>
public sealed record PikkuStateChange(PikkuState State, PikkuState Previous)
{
    /// <summary>The close code of the connection that has ended; 1006 where there was no close frame.</summary>
    public int? Code { get; init; }

    /// <summary>The reason that the server gave with it, for people.</summary>
    public string? Reason { get; init; }

    /// <summary>How long the route waits.</summary>
    public TimeSpan? RetryIn { get; init; }

    /// <summary>What failed here, or what the server said before it closed.</summary>
    public Exception? Error { get; init; }

    /// <summary>True when a lost connection is back: events may have been missed, and subscriptions made by actions are gone.</summary>
    public bool Missed { get; init; }
}
