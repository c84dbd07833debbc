using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Functions;
using Pikku.Akka.Protocol;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Channels;

/// <summary>One wired channel on this node: what all of its connections share, and what they ask of it.</summary>
internal sealed class ChannelEndpoint
{
    private const int MaxLanes = 8; // more lanes than cores only add wake-ups

    // A function that blocks does so for many connections, and each of them is looked at once a second.
    private static readonly TimeSpan s_blockingWarningInterval = TimeSpan.FromMinutes(1);

    private readonly IServiceScopeFactory _scopes;
    private readonly LaneQueue<InboundTurn>[] _inbound;
    private readonly LaneQueue<Connection>[] _outbound;
    private long _warnedOfHandlerAt;

    public ChannelEndpoint(
        CompiledChannel definition, PikkuSettings settings, JsonSerializerOptions json, ErrorMap errors,
        IServiceScopeFactory scopes, IEventHub hub, ISessionStore sessions, PikkuLog log, PikkuMetrics metrics, TimeProvider clock)
    {
        Definition = definition;
        Settings = settings;
        Json = json;
        _scopes = scopes;
        Hub = hub;
        Sessions = sessions;
        Log = log;
        Metrics = metrics;
        Clock = clock;
        Errors = errors;
        Replies = new ReplyFactory(this);
        EventsDropped = count => Metrics.EventsDropped(Definition.Name, count);

        var lanes = settings.Channel.Lanes == 0 ? Math.Min(Environment.ProcessorCount, MaxLanes) : settings.Channel.Lanes;
        _inbound = new LaneQueue<InboundTurn>[lanes];
        _outbound = new LaneQueue<Connection>[lanes];
        for (var lane = 0; lane < lanes; lane++)
        {
            _inbound[lane] = new LaneQueue<InboundTurn>(settings.Channel.LaneCapacity);
            _outbound[lane] = new LaneQueue<Connection>(int.MaxValue); // never longer than there are connections
        }
    }

    public CompiledChannel Definition { get; }

    public PikkuSettings Settings { get; }

    public JsonSerializerOptions Json { get; }

    public ErrorMap Errors { get; }

    public ReplyFactory Replies { get; }

    public IEventHub Hub { get; }

    public ISessionStore Sessions { get; }

    public PikkuLog Log { get; }

    public PikkuMetrics Metrics { get; }

    public TimeProvider Clock { get; }

    /// <summary>Counts events that an outbox of the channel dropped to make room; one for all of them.</summary>
    public Action<int> EventsDropped { get; }

    public int Lanes => _inbound.Length;

    public bool HasChannelMiddleware => Definition.ChannelMiddleware.Length > 0;

    /// <summary>Gives a turn to the lane of its connection. False when the lane is full.</summary>
    public bool TryStart(Connection connection, InboundTurn turn) => _inbound[connection.Lane].TryAdd(turn);

    public LaneQueue<InboundTurn> Inbound(int lane) => _inbound[lane];

    public LaneQueue<Connection> Outbound(int lane) => _outbound[lane];

    /// <summary>The services of one call, made when the first of them is asked for.</summary>
    public InvocationServices NewCallServices() => new(_scopes);

    /// <summary>What a message that is over answers; null for nothing.</summary>
    public OutboundItem? EncodeReply(InboundMessage message) => Replies.For(message);

    /// <summary>What a message answers to an error; null for nothing.</summary>
    public OutboundItem? EncodeError(InboundMessage message, Exception error) => Replies.ForError(message, error);

    /// <summary>The code that a connection is closed with for an error of one of its messages.</summary>
    public CloseCode CloseCodeOf(Connection connection, Exception error)
    {
        using (connection.Ambient.Enter())
            return Errors.For(error).Status is 401 or 403 ? CloseCode.PolicyViolation : CloseCode.InternalError;
    }

    /// <summary>A connection has begun.</summary>
    public void CountConnected() => Metrics.Connected(Definition.Name);

    /// <summary>A connection has ended, with this close code.</summary>
    public void CountDisconnected(int code) => Metrics.Disconnected(Definition.Name, code);

    /// <summary>Messages of a client have come.</summary>
    public void CountReceived(int messages) => Metrics.Received(Definition.Name, messages);

    /// <summary>Logs that the server closes a connection for a reason that its client gave.</summary>
    public void LogClosing(Connection connection, string reason) => Log.Closing(Definition.Name, connection.Id, reason);

    /// <summary>Logs a bug that has cost a connection its actor's state.</summary>
    public void LogConnectionFailure(Connection connection, Exception error) => Log.ConnectionFailed(Definition.Name, connection.Id, error);

    /// <summary>Logs what user code that is registered with a cancellation token has thrown.</summary>
    public void LogCallbackFailure(Connection connection, Exception error) => Log.CancellationFailed(Definition.Name, connection.Id, error);

    /// <summary>Counts and logs a message that its deadline has answered.</summary>
    public void LogAbandoned(InboundMessage message, TimeSpan deadline, string progress)
    {
        Metrics.Abandoned(Definition.Name);
        Log.Abandoned(message.Label, message.Connection.Id, deadline, progress);
    }

    /// <summary>Counts and logs a message whose services were not disposed of within its deadline.</summary>
    public void LogServicesGivenUp(InboundMessage message, TimeSpan deadline)
    {
        Metrics.Abandoned(Definition.Name);
        Log.ServicesGivenUp(message.Label, message.Connection.Id, deadline);
    }

    /// <summary>Logs services of a call that threw when they were disposed of.</summary>
    public void LogServicesNotDisposed(InboundMessage message, Exception error) =>
        Log.ServicesNotDisposed(message.Label, message.Connection.Id, error);

    /// <summary>Logs the failure of a message that is answered: an error by its id, a refusal by its name.</summary>
    public void LogFailure(InboundMessage message, in ErrorInfo info, Exception error)
    {
        var label = message.Action?.Label ?? "a message";
        if (info.ErrorId is { } id)
            Log.Failed(label, message.Connection.Id, id, error);
        else
            Log.Refused(label, message.Connection.Id, info.Name, error);
    }

    /// <summary>Counts and logs the failure of a binary message.</summary>
    public void LogBinaryFailure(Connection connection, Exception error)
    {
        Metrics.BinaryFailed(Definition.Name);
        Log.BinaryFailed(Definition.Name, connection.Id, error);
    }

    /// <summary>Logs the failure of a handler of the hub's callback form.</summary>
    public void LogHandlerFailure(EventMessage message, Exception error) =>
        Log.EventHandlerFailed(message.Topic, message.Connection.Id, error);

    /// <summary>Warns that a function blocks its thread; once a minute for each function, since many connections see the same.</summary>
    public void TellOfBlocking(InboundMessage message, TimeSpan blocked, long now)
    {
        if (!TryWarn(ref message.Action is { } action ? ref action.ToldOfBlockingAt : ref _warnedOfHandlerAt, now))
            return;
        if (message.Action is { } blocking)
            Log.FunctionBlocks(blocking.Function.Name, blocking.Label, message.Connection.Id, blocked);
        else if (message is EventMessage handled)
            Log.HandlerBlocks(handled.Topic, message.Connection.Id, blocked);
    }

    private bool TryWarn(ref long warnedAt, long now)
    {
        var warned = Volatile.Read(ref warnedAt);
        return (warned == 0 || Clock.GetElapsedTime(warned, now) >= s_blockingWarningInterval)
            && Interlocked.CompareExchange(ref warnedAt, now, warned) == warned;
    }
}
