using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;

namespace Pikku.Akka.EventHub;

/// <inheritdoc cref="EventSubscription{TEvent}"/>
/// <remarks>
/// The lane of the topic writes, and the enumeration reads. Whatever ends the subscription completes the queue, so the reader receives all events that were
/// queued before, and then the reason.
/// </remarks>
/// <param name="topic">The name of the topic.</param>
/// <param name="maxSize">The memory of the events that may wait, in bytes. A single event may always wait.</param>
/// <param name="json">The options for JSON.</param>
/// <param name="unsubscribe">Ends all subscriptions of a subscriber.</param>
internal sealed class ServerSubscription<TEvent>(string topic, int maxSize, JsonSerializerOptions json, Action<IEventSubscriber> unsubscribe)
    : EventSubscription<TEvent>, IEventSubscriber
{
    private readonly Channel<HubEvent> _events = Channel.CreateUnbounded<HubEvent>(new UnboundedChannelOptions { SingleReader = true });
    private GapListener? _gaps;
    private CancellationTokenRegistration _hubStopped;
    private long _size;
    private int _isEnumerated;

    public string Id { get; } = $"server-{Guid.NewGuid():N}";

    public SubscriptionLedger Subscriptions { get; } = new();

    /// <summary>Creates the subscriber that learns of events which were lost between nodes. It has a ledger of its own, so it does not count as a subscription.</summary>
    public IEventSubscriber ListenForGaps() => _gaps = new GapListener(this);

    /// <summary>Fails the enumeration when the hub stops.</summary>
    /// <param name="stopped">Canceled when the hub has stopped.</param>
    public void FailWhen(CancellationToken stopped) => _hubStopped = stopped.UnsafeRegister(
        static self => ((ServerSubscription<TEvent>)self!).End(new EventHubException(EventHubErrorReason.Unavailable, "The event hub has stopped.")), this);

    public void Deliver(HubEvent hubEvent)
    {
        var waiting = Interlocked.Add(ref _size, hubEvent.Size);
        if (waiting > maxSize && waiting > hubEvent.Size)
            End(new EventHubException(
                EventHubErrorReason.Lost,
                $"The reader of the topic '{topic}' is slower than its events: {waiting} bytes wait, and pikku.event-hub.max-buffered-size allows {maxSize}."));
        else
            _events.Writer.TryWrite(hubEvent);
    }

    public void Deliver(HubEvent hubEvent, IEventHandler handler) => throw new NotSupportedException("A subscription of server code has no handlers.");

    public void ClientSubscriptionEnded(string topic) => throw new NotSupportedException("A subscription of server code belongs to no client.");

    public override IAsyncEnumerator<TEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        Interlocked.Exchange(ref _isEnumerated, 1) == 0
            ? ReadAsync(cancellationToken).GetAsyncEnumerator(CancellationToken.None)
            : throw new InvalidOperationException("A subscription is enumerated once. Subscribe again for another reader.");

    public override ValueTask DisposeAsync()
    {
        End(null);
        return default;
    }

    private async IAsyncEnumerable<TEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // The queue throws the reason with which it was completed, after its last event.
        await foreach (var hubEvent in _events.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            Interlocked.Add(ref _size, -hubEvent.Size);
            yield return hubEvent.Read<TEvent>(json);
        }
    }

    private void End(Exception? reason)
    {
        if (!_events.Writer.TryComplete(reason))
            return;
        _hubStopped.Unregister();
        unsubscribe(this);
        if (_gaps is not null)
            unsubscribe(_gaps);
    }

    private sealed class GapListener(ServerSubscription<TEvent> owner) : IEventSubscriber
    {
        public string Id { get; } = $"{owner.Id}:gaps";

        public SubscriptionLedger Subscriptions { get; } = new();

        public void Deliver(HubEvent hubEvent) =>
            owner.End(new EventHubException(EventHubErrorReason.Lost, "Events of another node were lost on their way to this node; their topics are not known."));

        public void Deliver(HubEvent hubEvent, IEventHandler handler) => throw new NotSupportedException();

        public void ClientSubscriptionEnded(string topic) => throw new NotSupportedException();
    }
}
