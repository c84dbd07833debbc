using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.EventHub;
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
    private readonly ErrorMap _errors;
    private readonly ReplyFactory _replies;
    private readonly ClientDeclarations _declarations;
    private readonly PikkuLog _log;
    private readonly PikkuMetrics _metrics;
    private readonly Action<int> _countDropped; // one for all outboxes
    private readonly LaneQueue<InboundTurn>[] _inbound;
    private readonly LaneQueue<Connection>[] _outbound;
    private long _warnedOfHandlerAt;

    public ChannelEndpoint(
        CompiledChannel definition, PikkuSettings settings, JsonSerializerOptions json, ErrorMap errors,
        IServiceScopeFactory scopes, IEventHub hub, IPikkuSessionStore sessions, PikkuLog log, PikkuMetrics metrics, TimeProvider clock)
    {
        Definition = definition;
        Settings = settings;
        Json = json;
        _scopes = scopes;
        Hub = hub;
        Sessions = sessions;
        Clock = clock;
        _errors = errors;
        _replies = new ReplyFactory(definition, json);
        _declarations = new ClientDeclarations(definition.Name, definition.Messages, definition.Remotes);
        _log = log;
        _metrics = metrics;
        _countDropped = count => _metrics.EventsDropped(Definition.Name, count);

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

    public IEventHub Hub { get; }

    public IPikkuSessionStore Sessions { get; }

    public TimeProvider Clock { get; }

    public int Lanes => _inbound.Length;

    /// <inheritdoc cref="ClientDeclarations.CheckMessage"/>
    public void CheckMessage(Type type) => _declarations.CheckMessage(type);

    /// <inheritdoc cref="ClientDeclarations.CheckFunction"/>
    public void CheckClientFunction(string name, Type input, Type output) => _declarations.CheckFunction(name, input, output);

    public bool HasChannelMiddleware => Definition.ChannelMiddleware.Length > 0;

    /// <summary>Gives a turn to the lane of its connection. False when the lane is full.</summary>
    public bool TryStart(Connection connection, InboundTurn turn) => _inbound[connection.Lane].TryAdd(turn);

    public LaneQueue<InboundTurn> Inbound(int lane) => _inbound[lane];

    public LaneQueue<Connection> Outbound(int lane) => _outbound[lane];

    /// <summary>The services of one call, made when the first of them is asked for.</summary>
    public InvocationServices NewCallServices() => new(_scopes);

    /// <summary>Makes the outbox of a connection.</summary>
    public Outbox NewOutbox(IConnectionTransport transport) => new(Settings.Outbox, transport, _countDropped);

    /// <summary>Makes the queue in front of the channel middleware; null where there is none.</summary>
    public OutboundQueue? NewOutboundQueue(Connection connection) =>
        HasChannelMiddleware ? new OutboundQueue(connection, _outbound[connection.Lane], Settings.Outbox, _countDropped) : null;

    /// <summary>What a message that is over answers; null for nothing.</summary>
    public OutboundItem? EncodeReply(InboundMessage message)
    {
        if (message.Error is { } error)
            return EncodeError(message, error);
        try
        {
            return message.EncodeResult(_replies);
        }
        catch (Exception e)
        {
            message.Fail(e);
            return EncodeError(message, e);
        }
    }

    /// <summary>What a message answers to an error, which is counted and logged; null where the client is told nothing.</summary>
    public OutboundItem? EncodeError(InboundMessage message, Exception error)
    {
        var info = _errors.For(error);
        try
        {
            _metrics.Failed(Definition.Name, info.Name);
            message.LogFailure(info, error);
        }
        catch (Exception)
        {
            // A log that can't be written, or an exception that can't be printed, must not cost the client its answer.
        }

        return message.AnswersErrors ? _replies.Error(message, info) : null;
    }

    /// <summary>What the application sends to a client.</summary>
    public OutboundItem EncodeMessage<T>(Connection connection, T message) => _replies.Message(connection, OutboundMessageKind.Message, message);

    /// <summary>An event of the hub, for one connection.</summary>
    public OutboundItem EncodeEvent(Connection connection, HubEvent hubEvent) => _replies.Event(connection, hubEvent);

    /// <summary>A call of a function of the client.</summary>
    /// <exception cref="ClientCallException">The argument can't be serialised.</exception>
    public OutboundItem EncodeCall<T>(string id, string function, T? data) => _replies.RemoteCall(id, function, data);

    /// <summary>What has come through the channel middleware.</summary>
    public EncodedMessage EncodeEvent(in OutboundItem item) => _replies.Encode(item);

    /// <summary>What a client may know of the failure of a call that is not a message of this node. Logs what it may not know.</summary>
    public ErrorInfo DescribeFailure(string label, string connectionId, Exception error)
    {
        var info = _errors.For(error);
        if (info.ErrorId is { } id)
            _log.Failed(label, connectionId, id, error);
        return info;
    }

    /// <summary>The code that a connection is closed with for an error of one of its messages.</summary>
    public CloseCode CloseCodeOf(Connection connection, Exception error)
    {
        using (connection.Ambient.Enter())
            return _errors.For(error).Status is 401 or 403 ? CloseCode.PolicyViolation : CloseCode.InternalError;
    }

    /// <summary>A connection has begun.</summary>
    public void CountConnected() => _metrics.Connected(Definition.Name);

    /// <summary>A connection has ended, with this close code.</summary>
    public void CountDisconnected(int code) => _metrics.Disconnected(Definition.Name, code);

    /// <summary>A connection was closed because its client, or its handlers, were too slow.</summary>
    public void CountOverflow() => _metrics.OutboxOverflowed(Definition.Name);

    /// <summary>A lane has ended and is started again.</summary>
    public void CountLaneRestart() => _metrics.LaneRestarted(Definition.Name);

    /// <summary>Messages of a client have come.</summary>
    public void CountReceived(int messages) => _metrics.Received(Definition.Name, messages);

    /// <summary>Logs that the server closes a connection for a reason that its client gave.</summary>
    public void LogClosing(Connection connection, string reason) => _log.Closing(Definition.Name, connection.Id, reason);

    /// <summary>Logs a bug that has cost a connection its actor's state.</summary>
    public void LogConnectionFailure(Connection connection, Exception error) => _log.ConnectionFailed(Definition.Name, connection.Id, error);

    /// <summary>Logs what user code that is registered with a cancellation token has thrown.</summary>
    public void LogCallbackFailure(string connectionId, Exception error) => _log.CancellationFailed(Definition.Name, connectionId, error);

    /// <summary>Logs a client that does not take what waits for it.</summary>
    public void LogSlowConsumer(Connection connection, string reason) => _log.SlowConsumer(Definition.Name, connection.Id, reason);

    /// <summary>Logs a connection whose handlers do not keep up with their events.</summary>
    public void LogSlowHandlers(Connection connection) => _log.SlowHandlers(Definition.Name, connection.Id);

    /// <summary>Counts and logs channel middleware that has dropped an event by an error.</summary>
    public void LogMiddlewareFailure(Connection connection, OutboundMessageKind kind, Exception error)
    {
        _metrics.ChannelMiddlewareFailed(Definition.Name);
        _log.ChannelMiddlewareFailed(kind, Definition.Name, connection.Id, error);
    }

    /// <summary>Counts and logs an event that can't be serialised behind the channel middleware.</summary>
    public void LogEventNotEncoded(Connection connection, OutboundMessageKind kind, Exception error)
    {
        _metrics.ChannelMiddlewareFailed(Definition.Name);
        _log.EventNotEncoded(kind, Definition.Name, connection.Id, error);
    }

    /// <summary>Counts and logs a message that its deadline has answered.</summary>
    public void LogAbandoned(InboundMessage message, TimeSpan deadline, string progress)
    {
        _metrics.Abandoned(Definition.Name);
        _log.Abandoned(message.Label, message.Connection.Id, deadline, progress);
    }

    /// <summary>Counts and logs a message whose services were not disposed of within its deadline.</summary>
    public void LogServicesGivenUp(InboundMessage message, TimeSpan deadline)
    {
        _metrics.Abandoned(Definition.Name);
        _log.ServicesGivenUp(message.Label, message.Connection.Id, deadline);
    }

    /// <summary>Logs services of a call that threw when they were disposed of.</summary>
    public void LogServicesNotDisposed(string label, string connectionId, Exception error) => _log.ServicesNotDisposed(label, connectionId, error);

    /// <summary>Logs the failure of a message that is answered: an error by its id, a refusal by its name.</summary>
    public void LogFailure(InboundMessage message, in ErrorInfo info, Exception error)
    {
        var label = message.Action?.Label ?? "a message";
        if (info.ErrorId is { } id)
            _log.Failed(label, message.Connection.Id, id, error);
        else
            _log.Refused(label, message.Connection.Id, info.Name, error);
    }

    /// <summary>Counts and logs the failure of a binary message.</summary>
    public void LogBinaryFailure(Connection connection, Exception error)
    {
        _metrics.BinaryFailed(Definition.Name);
        _log.BinaryFailed(Definition.Name, connection.Id, error);
    }

    /// <summary>Logs the failure of a handler of the hub's callback form.</summary>
    public void LogHandlerFailure(EventMessage message, Exception error) =>
        _log.EventHandlerFailed(message.Topic, message.Connection.Id, error);

    /// <summary>Warns that a function blocks its thread; once a minute for each function, since many connections see the same.</summary>
    public void TellOfBlocking(InboundMessage message, TimeSpan blocked, long now)
    {
        if (!TryWarn(ref message.Action is { } action ? ref action.ToldOfBlockingAt : ref _warnedOfHandlerAt, now))
            return;
        if (message.Action is { } blocking)
            _log.FunctionBlocks(blocking.Function.Name, blocking.Label, message.Connection.Id, blocked);
        else if (message is EventMessage handled)
            _log.HandlerBlocks(handled.Topic, message.Connection.Id, blocked);
    }

    private bool TryWarn(ref long warnedAt, long now)
    {
        var warned = Volatile.Read(ref warnedAt);
        return (warned == 0 || Clock.GetElapsedTime(warned, now) >= s_blockingWarningInterval)
            && Interlocked.CompareExchange(ref warnedAt, now, warned) == warned;
    }
}
