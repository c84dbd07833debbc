using Akka;
using Akka.Actor;
using Akka.Event;
using Akka.Streams;

namespace Pikku.Akka.Channels;

/// <summary>The actor of one channel on this node. Owns the lanes of the channel, which are the streams that process every message of its connections.</summary>
internal sealed class ChannelActor : UntypedActor, IWithTimers
{
    /// <summary>The delay before a lane that ended is restarted. It prevents a lane that cannot start from flooding the log and using all CPU.</summary>
    private static readonly TimeSpan RestartPause = TimeSpan.FromMilliseconds(500);

    private readonly ChannelEndpoint _endpoint;
    private readonly ActorMaterializer _materializer;
    private readonly ILoggingAdapter _log = Context.GetLogger();

    public ChannelActor(ChannelEndpoint endpoint)
    {
        _endpoint = endpoint;
        // A materializer that belongs to this actor: its streams end with the actor and run on its dispatcher. Every call creates a new one, so it is
        // stored in a field.
        _materializer = Context.Materializer(ActorMaterializerSettings.Create(Context.System).WithDispatcher(Context.Dispatcher.Id));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(ChannelEndpoint endpoint) => global::Akka.Actor.Props.Create(() => new ChannelActor(endpoint));

    protected override void PreStart()
    {
        for (var lane = 0; lane < _endpoint.Lanes; lane++)
        {
            StartInbound(lane);
            StartOutbound(lane);
        }
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ChannelProtocol.LaneEnded ended:
                OnLaneEnded(ended);
                break;
            case ChannelProtocol.StartLane lane:
                Start(lane);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void StartInbound(int lane) =>
        Watch(ChannelFlow.Inbound(_endpoint.Inbound(lane)).Run(_materializer), lane, inbound: true);

    private void StartOutbound(int lane)
    {
        if (_endpoint.HasChannelMiddleware)
            Watch(
                ChannelFlow.Outbound(_endpoint.Outbound(lane), _endpoint.Definition.ChannelMiddleware, _endpoint.Settings.Channel.Parallelism)
                    .Run(_materializer),
                lane, inbound: false);
    }

    private void Watch(Task<Done> lane, int number, bool inbound) =>
        lane.PipeTo(
            Self,
            success: _ => new ChannelProtocol.LaneEnded(number, inbound, null),
            failure: error => new ChannelProtocol.LaneEnded(number, inbound, error));

    // The queue of a lane is not part of the stream, so the new stream continues with the items that the old one left.
    private void OnLaneEnded(ChannelProtocol.LaneEnded ended)
    {
        _log.Error(ended.Error, "Lane {0} of channel {1} ended (inbound: {2}) and is being restarted", ended.Lane, _endpoint.Definition.Name, ended.Inbound);
        _endpoint.CountLaneRestart();
        var start = new ChannelProtocol.StartLane(ended.Lane, ended.Inbound);
        Timers.StartSingleTimer(start, start, RestartPause);
    }

    private void Start(ChannelProtocol.StartLane lane)
    {
        if (lane.Inbound)
            StartInbound(lane.Lane);
        else
            StartOutbound(lane.Lane);
    }
}
