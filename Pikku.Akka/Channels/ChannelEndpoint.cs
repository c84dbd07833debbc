using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Protocol;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Channels;

/// <summary>One wired channel on this node: what all of its connections share.</summary>
internal sealed class ChannelEndpoint
{
    private readonly LaneQueue<Exchange>[] _inbound;
    private readonly LaneQueue<Connection>[] _outbound;
    private long _toldOfHandlerAt;

    public ChannelEndpoint(
        CompiledChannel definition, PikkuSettings settings, JsonSerializerOptions json, ErrorMap errors,
        IServiceScopeFactory scopes, IEventHub hub, ISessionStore sessions, PikkuLog log, PikkuMetrics metrics, TimeProvider clock)
    {
        Definition = definition;
        Settings = settings;
        Json = json;
        Scopes = scopes;
        Hub = hub;
        Sessions = sessions;
        Log = log;
        Metrics = metrics;
        Clock = clock;
        Errors = errors;
        Replies = new ReplyFactory(this);
        EventsDropped = count => Metrics.EventsDropped(Definition.Name, count);

        var lanes = settings.Channel.Lanes == 0 ? Math.Min(Environment.ProcessorCount, MaxLanes) : settings.Channel.Lanes;
        _inbound = new LaneQueue<Exchange>[lanes];
        _outbound = new LaneQueue<Connection>[lanes];
        for (var lane = 0; lane < lanes; lane++)
        {
            _inbound[lane] = new LaneQueue<Exchange>(settings.Channel.LaneCapacity);
            _outbound[lane] = new LaneQueue<Connection>(int.MaxValue); // never longer than there are connections
        }
    }

    private const int MaxLanes = 8; // more lanes than cores only add wake-ups

    // A function that blocks does so for many connections, and each of them is looked at once a second.
    private static readonly TimeSpan s_quiet = TimeSpan.FromMinutes(1);

    public CompiledChannel Definition { get; }

    public PikkuSettings Settings { get; }

    public JsonSerializerOptions Json { get; }

    public ErrorMap Errors { get; }

    public ReplyFactory Replies { get; }

    public IServiceScopeFactory Scopes { get; }

    public IEventHub Hub { get; }

    public ISessionStore Sessions { get; }

    public PikkuLog Log { get; }

    public PikkuMetrics Metrics { get; }

    public TimeProvider Clock { get; }

    /// <summary>Counts events that an outbox of the channel dropped to make room; one for all of them.</summary>
    public Action<int> EventsDropped { get; }

    public int Lanes => _inbound.Length;

    public bool HasChannelMiddleware => Definition.ChannelMiddleware.Length > 0;

    /// <summary>Hands an exchange to the lane of its connection. False when the lane is full.</summary>
    public bool TryHandOver(Exchange exchange) => _inbound[exchange.Channel.Lane].TryAdd(exchange);

    /// <summary>Tells the log that a function, or a handler, keeps its thread; not again for a while.</summary>
    public void TellOfBlocking(Exchange exchange, TimeSpan held, long now)
    {
        ref var toldAt = ref (exchange.Action is { } action ? ref action.ToldOfBlockingAt : ref _toldOfHandlerAt);
        var told = Volatile.Read(ref toldAt);
        if ((told != 0 && Clock.GetElapsedTime(told, now) < s_quiet) || Interlocked.CompareExchange(ref toldAt, now, told) != told)
            return;
        if (exchange.Action is { } blocking)
            Log.FunctionBlocks(blocking.Function.Name, blocking.Label, exchange.Channel.Id, held);
        else
            Log.HandlerBlocks(exchange.HubEvent!.Topic, exchange.Channel.Id, held);
    }

    public LaneQueue<Exchange> Inbound(int lane) => _inbound[lane];

    public LaneQueue<Connection> Outbound(int lane) => _outbound[lane];
}
