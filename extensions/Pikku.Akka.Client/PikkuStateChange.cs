namespace Pikku.Akka.Clients;

/// <summary>A change of the state of a route.</summary>
/// <param name="State">The new state.</param>
/// <param name="Previous">The previous state.</param>
public sealed record PikkuStateChange(PikkuState State, PikkuState Previous)
{
    /// <summary>The close code of the connection that has ended; 1006 if there was no close frame.</summary>
    public int? Code { get; init; }

    /// <summary>The close reason of the server, for people.</summary>
    public string? Reason { get; init; }

    /// <summary>The delay before the next attempt.</summary>
    public TimeSpan? RetryIn { get; init; }

    /// <summary>The exception that ended the connection, or the error that the server sent before it closed.</summary>
    public Exception? Error { get; init; }

    /// <summary>
    /// True if a lost connection is restored and something may have been missed: events of topics without history, or messages outside of topics. Topics with
    /// history resume; if the server does not have all of their events any more, another change from <see cref="PikkuState.Open"/> to
    /// <see cref="PikkuState.Open"/> says so. Subscriptions that actions made are gone.
    /// </summary>
    public bool Missed { get; init; }
}
