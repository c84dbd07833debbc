using Pikku.Akka.EventHub;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

// What a connection does for topics with history: numbers without events, positions, replays as one unit, and presence topics.
internal sealed partial class Connection
{
    /// <summary>True when this connection receives positions: on <c>pikku.v1</c> the client keeps them, and for an event stream its transport does.</summary>
    public bool KeepsPositions => IsEnveloped || Transport.KeepsPosition;

    /// <summary>True when the positions of topics have room that were lost with dropped events.</summary>
    public bool HasRoom => Outbox.IsHalfFree && _queue is not { IsHalfFree: false };

    public void DeliverTick(HubEvent hubEvent)
    {
        // It is no event for the overflow policies: it must not replace the newest event of its topic.
        if (IsOpen)
            Post(new OutboundItem(hubEvent.Tick));
    }

    public void Refresh(EncodedMessage refresh)
    {
        if (IsOpen)
            Post(new OutboundItem(refresh));
    }

    /// <summary>Encodes the events that lie behind a position, as this client gets them.</summary>
    public IReadOnlyList<OutboundItem> EncodeReplay(in Recovery recovery)
    {
        if (recovery.Replay.Count == 0)
            return [];
        var items = new List<OutboundItem>(recovery.Replay.Count);
        foreach (var kept in recovery.Replay)
        {
            var hubEvent = (HubEvent)kept;
            if (hubEvent.Except == Id || recovery.Topic?.IsCurrent(hubEvent) == false)
            {
                items.Add(new OutboundItem(hubEvent.Tick));
            }
            else
            {
                // No overflow policy may drop a part of a replay.
                var item = Endpoint.EncodeEvent(this, hubEvent);
                items.Add(item with { Message = item.Message with { IsEvent = false }, IsReplay = true });
            }

            hubEvent.EndDelivery();
        }

        return items;
    }

    /// <summary>The room that an item needs.</summary>
    public int WeightOf(OutboundItem item) => _queue is null ? OutboxMessages.WeightOf(item.Message) : OutboundQueue.WeightOf(item);

    /// <summary>Holds room for a unit of items, which <see cref="PostHeld"/> sends or <see cref="ReleaseHold"/> gives up.</summary>
    /// <param name="weight">The room that the items need.</param>
    public bool TryHold(int weight) => _queue?.TryHold(weight) ?? Outbox.TryHold(weight);

    /// <summary>Gives up the room for a unit; 0 for none.</summary>
    public void ReleaseHold(int weight)
    {
        if (weight == 0)
            return;
        if (_queue is null)
            Outbox.ReleaseHold(weight);
        else
            _queue.ReleaseHold(weight);
    }

    /// <summary>Sends a unit of items for which room is held. It is taken as a whole, or the connection has ended.</summary>
    /// <param name="items">The items.</param>
    /// <param name="weight">The room that is held.</param>
    public void PostHeld(IReadOnlyList<OutboundItem> items, int weight)
    {
        if (_queue is null)
            Outbox.AddHeld(items, weight);
        else
            _queue.EnqueueHeld(items, weight);
    }

    /// <summary>Makes the connection join a presence topic to which its client has subscribed.</summary>
    public void JoinPresence(ClientSubscription subscription, byte[] info) => Observe(Endpoint.Hub.JoinAsync(subscription.Name, Id, info), "A join of a presence topic");

    /// <summary>Called when a subscription of the client has ended: it leaves the presence topic that it has joined with it.</summary>
    public void LeavePresence(ClientSubscription? subscription)
    {
        if (subscription?.Topic.JoinOnSubscribe is not null)
            Observe(Endpoint.Hub.LeaveAsync(subscription.Name, Id), "A leave of a presence topic");
    }

    /// <summary>Called when an overflow policy has dropped events, from any thread.</summary>
    public void NoteDropped()
    {
        if (KeepsPositions)
            Endpoint.Hub.NoteDropped(this);
    }

    private void Observe(ValueTask work, string what)
    {
        if (!work.IsCompletedSuccessfully)
            Endpoint.Background.Observe(work.AsTask(), what);
    }
}
