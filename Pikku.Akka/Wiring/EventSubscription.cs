namespace Pikku.Akka;

/// <summary>
/// A subscription of server code to a topic. It is active from its creation until it is disposed of, and it is enumerated once, with <c>await foreach</c>.
/// Events wait in memory, bounded by <c>pikku.event-hub.max-buffered-size</c>. A loss is never silent: the enumeration throws an
/// <see cref="EventHubException"/> after the events that were received before it.
/// </summary>
/// <typeparam name="TEvent">The type of the events.</typeparam>
public abstract class EventSubscription<TEvent> : IAsyncEnumerable<TEvent>, IAsyncDisposable
{
    private protected EventSubscription() { }

    /// <summary>Reads the events.</summary>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    /// <exception cref="InvalidOperationException">The subscription has been enumerated before.</exception>
    /// <exception cref="EventHubException">
    /// Thrown by the enumeration: the reader was slower than the events, events of another node were lost on their way to this node, or the hub has
    /// stopped. Subscribe again and reload what the events describe.
    /// </exception>
    public abstract IAsyncEnumerator<TEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default);

    /// <summary>Ends the subscription. An enumeration ends without an exception.</summary>
    public abstract ValueTask DisposeAsync();
}
