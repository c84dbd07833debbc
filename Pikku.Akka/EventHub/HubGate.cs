using Akka.Actor;
using Akka.Util;

namespace Pikku.Akka.EventHub;

/// <summary>
/// Where callers and actors of one hub meet: the lanes, and the calls that wait for one. Calls are kept here and not by <c>Ask</c>, so
/// that a call costs no timer and none hangs: a mailbox that is thrown away tells nobody, but <see cref="Close"/> fails what is open.
/// </summary>
/// <param name="maxPendingPublishes">How many publishes may wait, <c>pikku.event-hub.max-pending-publishes</c>.</param>
internal sealed class HubGate(int maxPendingPublishes)
{
    private readonly Lock _lock = new();
    private readonly HashSet<HubCall> _calls = [];
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IActorRef[] _lanes = [];
    private int _publishes;
    private bool _closed;

    /// <summary>Completes when the hub takes calls, before which they are refused; fails when it stopped before it did.</summary>
    public Task Opened => _opened.Task;

    /// <summary>Lets calls in. Without effect once closed: the subscriptions of a hub that stopped are lost, which must not go unnoticed.</summary>
    public void Open(IActorRef[] lanes)
    {
        lock (_lock)
        {
            if (_closed)
                return;
            _lanes = lanes;
        }

        _opened.TrySetResult();
    }

    /// <summary>Refuses all calls from now on and fails those that wait. Called when no lane runs any more.</summary>
    public void Close()
    {
        HubCall[] waiting;
        lock (_lock)
        {
            _closed = true;
            waiting = [.. _calls];
        }

        foreach (var call in waiting)
            call.Fail(Stopped());
        _opened.TrySetException(Stopped());
    }

    /// <summary>Registers a call. Once this returns, it ends, whatever happens to the lane.</summary>
    /// <exception cref="EventHubException">The hub does not run, or too many publishes wait.</exception>
    public HubCall Begin(bool isPublish)
    {
        lock (_lock)
        {
            if (_closed || _lanes.Length == 0)
                throw Stopped();
            if (isPublish && _publishes >= maxPendingPublishes)
                throw new EventHubException(EventHubError.Unavailable,
                    $"{_publishes} publishes wait already, which is as many as pikku.event-hub.max-pending-publishes allows.");

            var call = new HubCall(this, isPublish);
            _calls.Add(call);
            if (isPublish)
                _publishes++;
            return call;
        }
    }

    /// <summary>Forgets a call.</summary>
    public void End(HubCall call)
    {
        lock (_lock)
        {
            if (_calls.Remove(call) && call.IsPublish)
                _publishes--;
        }
    }

    /// <summary>The lane of a topic: the same for as long as the hub runs, so that one actor orders all events of a topic.</summary>
    public int LaneOf(string topic) => (int)((uint)MurmurHash.StringHash(topic) % (uint)Math.Max(_lanes.Length, 1));

    /// <summary>Tells a lane; nothing happens when the hub does not run.</summary>
    public void Tell(int lane, object message)
    {
        var lanes = _lanes;
        if (lane < lanes.Length)
            lanes[lane].Tell(message, ActorRefs.NoSender);
    }

    /// <summary>Hands an event of another node to the subscribers of this one.</summary>
    public void DeliverRemote(HubEvent hubEvent) => DeliverRemote([hubEvent]);

    /// <summary>Hands a batch of another node over: one message for each lane that has something in it.</summary>
    public void DeliverRemote(IReadOnlyList<HubEvent> events)
    {
        var lanes = new List<HubEvent>?[_lanes.Length];
        if (lanes.Length == 0)
            return; // the hub does not run
        foreach (var hubEvent in events)
            (lanes[LaneOf(hubEvent.Topic)] ??= []).Add(hubEvent);
        for (var lane = 0; lane < lanes.Length; lane++)
            if (lanes[lane] is { } own)
                Tell(lane, new HubProtocol.DeliverRemote(own));
    }

    private static EventHubException Stopped() => new(EventHubError.Unavailable, "The event hub has not started yet, or has stopped.");
}
