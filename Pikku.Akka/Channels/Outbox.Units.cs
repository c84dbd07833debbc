namespace Pikku.Akka.Channels;

// Units of messages: all of them are taken, or none.
internal sealed partial class Outbox
{
    /// <summary>True when at most half of the room is used.</summary>
    public bool IsHalfFree
    {
        get
        {
            lock (_gate)
                return _state.Weight <= settings.MaxSize / 2;
        }
    }

    /// <summary>
    /// Holds room for a unit of messages, which <see cref="AddHeld"/> uses or <see cref="ReleaseHold"/> gives up. A unit always has room beside messages whose senders
    /// waited.
    /// </summary>
    /// <param name="weight">The room that the messages need.</param>
    public bool TryHold(int weight)
    {
        lock (_gate)
            return _completed || _state.TryHold(weight);
    }

    /// <summary>Gives up the room for a unit.</summary>
    public void ReleaseHold(int weight)
    {
        WakeState.Call call;
        lock (_gate)
        {
            if (_completed)
                return;
            _state.ReleaseHold(weight);
            AdmitWaiting();
            call = _wake.OnAdded(_state.Weight); // a sender that has waited for this room may have been admitted
        }

        NotifyTransport(call);
    }

    /// <summary>Adds the messages of a unit, with no other message between them. Discards them when the outbox accepts no more messages.</summary>
    /// <param name="items">The messages.</param>
    /// <param name="weight">The room that is held.</param>
    public void AddHeld(IReadOnlyList<OutboundItem> items, int weight)
    {
        WakeState.Call call;
        lock (_gate)
        {
            if (_completed)
            {
                foreach (var item in items)
                    item.Message.Return();
                return;
            }

            _state.ReleaseHold(weight);
            foreach (var item in items)
                _state.AddHeld(item.Message);
            call = _wake.OnAdded(_state.Weight);
        }

        NotifyTransport(call);
    }
}
