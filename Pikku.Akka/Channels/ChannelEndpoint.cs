using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.EventHub;
using Pikku.Akka.Functions;
using Pikku.Akka.Protocol;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Channels;

/// <summary>The runtime of one channel on this node. All connections of the channel share it: settings, lanes, encoding, logs and metrics.</summary>
internal sealed class ChannelEndpoint
{
    private const int MaxLanes = 8; // more lanes only add wake-ups, because a few lanes already use all cores

    // The sweep checks each connection once a second. One blocking function affects many connections, so the warning is rate-limited.
    private static readonly TimeSpan s_blockingWarningInterval = TimeSpan.FromMinutes(1);

    private readonly IServiceScopeFactory _scopes;
    private readonly ErrorMap _errors;
    private readonly PikkuLog _log;
    private readonly PikkuMetrics _metrics;
    private readonly Action<int> _countDropped; // one delegate, shared by all outboxes
    private readonly LaneQueue<InboundTurn>[] _inbound;
    private readonly LaneQueue<Connection>[] _outbound;
    private long _warnedOfHandlerAt;

    public ChannelEndpoint(
        CompiledChannel definition, PikkuSettings settings, JsonSerializerOptions json, ErrorMap errors,
        IServiceScopeFactory scopes, IClientHub hub, IPikkuSessionStore sessions, PikkuLog log, PikkuMetrics metrics,
        BackgroundTasks background, TimeProvider clock)
    {
        Definition = definition;
        Settings = settings;
        Json = json;
        _scopes = scopes;
        Hub = hub;
        Sessions = sessions;
        Clock = clock;
        Background = background;
        _errors = errors;
        Replies = new ReplyFactory(definition, json);
        _log = log;
        _metrics = metrics;
        _countDropped = count => _metrics.EventsDropped(Definition.Name, count);

        var lanes = settings.Channel.Lanes == 0 ? Math.Min(Environment.ProcessorCount, MaxLanes) : settings.Channel.Lanes;
        _inbound = new LaneQueue<InboundTurn>[lanes];
        _outbound = new LaneQueue<Connection>[lanes];
        for (var lane = 0; lane < lanes; lane++)
        {
            _inbound[lane] = new LaneQueue<InboundTurn>(settings.Channel.LaneCapacity);
            _outbound[lane] = new LaneQueue<Connection>(int.MaxValue); // bounded by the number of connections
        }
    }

    public CompiledChannel Definition { get; }

    /// <summary>False for a channel of a package such as the console, whose connections have no session of the application.</summary>
    public bool HasSessions { get; init; } = true;

    public PikkuSettings Settings { get; }

    public JsonSerializerOptions Json { get; }

    public IClientHub Hub { get; }

    public IPikkuSessionStore Sessions { get; }

    public TimeProvider Clock { get; }

    public BackgroundTasks Background { get; }

    /// <summary>Encodes the messages that leave the channel.</summary>
    public ReplyFactory Replies { get; }

    public int Lanes => _inbound.Length;

    /// <inheritdoc cref="ClientDeclarations.CheckMessage"/>
    public void CheckMessage(Type type) => Definition.Declarations.CheckMessage(type);

    /// <inheritdoc cref="ClientDeclarations.CheckFunction"/>
    public void CheckClientFunction(string name, Type input, Type output) => Definition.Declarations.CheckFunction(name, input, output);

    /// <inheritdoc cref="ClientDeclarations.HasFunction"/>
    public bool HasClientFunction(string name) => Definition.Declarations.HasFunction(name);

    public bool HasChannelMiddleware => Definition.ChannelMiddleware.Length > 0;

    /// <summary>The inbound queue of a lane.</summary>
    public LaneQueue<InboundTurn> Inbound(int lane) => _inbound[lane];

    /// <summary>The queue of the connections that wait for a turn in the outbound flow of a lane.</summary>
    public LaneQueue<Connection> Outbound(int lane) => _outbound[lane];

    /// <summary>Creates the services of one call. The scope is created when the first service is requested.</summary>
    public InvocationServices NewCallServices() => new(_scopes);

    /// <summary>Creates the outbox of a connection.</summary>
    public Outbox NewOutbox(Connection connection, IConnectionTransport transport) => new(Settings.Outbox, transport, DroppedOf(connection));

    /// <summary>Creates the queue in front of the channel middleware; null when the channel has no such middleware.</summary>
    public OutboundQueue? NewOutboundQueue(Connection connection) =>
        HasChannelMiddleware ? new OutboundQueue(connection, _outbound[connection.Lane], Settings.Outbox, DroppedOf(connection)) : null;

    /// <summary>Encodes an item of a stream, and counts it.</summary>
    /// <exception cref="NotSupportedException">The item cannot be serialized.</exception>
    /// <exception cref="JsonException">The item has a cycle or is too deep.</exception>
    public OutboundItem EncodeItem(TextMessage message, object? item)
    {
        var encoded = Replies.Item(message, item);
        _metrics.StreamItem(Definition.Name);
        return encoded;
    }

    /// <summary>Counts and logs an error, and encodes the reply for the client; null when the client receives no error for this kind of message.</summary>
    public OutboundItem? EncodeError(InboundMessage message, Exception error)
    {
        var info = _errors.For(error);
        message.Connection.Outbox.Watch?.Failed(message, info);
        try
        {
            message.NoteError(error, info);
            _metrics.Failed(Definition.Name, info.Name);
            message.MeasureRun(info.Name);
            message.LogFailure(info, error);
        }
        catch (Exception)
        {
            // The client must receive its reply even if a logger fails or the exception cannot be formatted.
        }

        return message.EncodeError(Replies, info);
    }

    /// <summary>Encodes a message that the application sends to a client.</summary>
    public OutboundItem EncodeMessage<T>(Connection connection, T message) => Replies.Message(
        connection, OutboundMessageKind.Message, message, connection.IsEnveloped ? Definition.Declarations.NameOf(typeof(T)) : null);

    /// <summary>The name of a declared message on <c>pikku.v1</c>; null for any other message.</summary>
    public string? MessageNameOf(Type type) => Definition.Declarations.NameOf(type);

    /// <summary>Encodes an event of the hub for one connection.</summary>
    public OutboundItem EncodeEvent(Connection connection, HubEvent hubEvent) => Replies.Event(
        connection, hubEvent, hubEvent.Named is { } named && connection.IsEnveloped && Definition.Declarations.HasMessage(named.Name) ? named : null);

    /// <summary>Encodes a call of a client function.</summary>
    /// <exception cref="ClientCallException">The argument cannot be serialized.</exception>
    public OutboundItem EncodeCall<T>(string id, string function, T? data) => Replies.RemoteCall(id, function, data);

    /// <summary>Encodes an item after the channel middleware has processed it.</summary>
    public EncodedMessage EncodeEvent(in OutboundItem item) => Replies.Encode(item);

    /// <summary>Counts and logs the reason why the server ends a subscription, and encodes the notice for the client.</summary>
    public OutboundItem EncodeSubscriptionEnded(Connection connection, ClientSubscription subscription, Exception error) =>
        Replies.SubscriptionEnded(subscription.Name, CountDenied(connection, subscription.Topic.Action.Label, error));

    /// <summary>Counts and logs the reason why a connection is closed whose channel is denied.</summary>
    public void LogChannelDenied(Connection connection, Exception error) => CountDenied(connection, $"channel '{Definition.Name}'", error);

    /// <summary>Maps the exception of a call that another node started to the error that its client may see. Logs the details that the client does not see.</summary>
    public ErrorInfo DescribeFailure(string label, string connectionId, Exception error)
    {
        var info = _errors.For(error);
        Remember(label, connectionId, info);
        if (info.ErrorId is { } id)
            _log.Failed(label, connectionId, id, error);
        return info;
    }

    /// <summary>The close code for an error that closes the connection.</summary>
    public CloseCode CloseCodeOf(Connection connection, Exception error)
    {
        using (connection.Ambient.Enter())
            return _errors.For(error).Status is 401 or 403 ? CloseCode.PolicyViolation : CloseCode.InternalError;
    }

    /// <summary>Counts a connection that has opened.</summary>
    public void CountConnected(Connection connection) => _metrics.Connected(Definition.Name, connection.Transport.Kind);

    /// <summary>Counts a connection that has ended with this close code.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="code">The close code.</param>
    /// <param name="life">How long it lasted.</param>
    public void CountDisconnected(Connection connection, int code, TimeSpan life) =>
        _metrics.Disconnected(Definition.Name, connection.Transport.Kind, code, life);

    /// <summary>Counts the bytes of one read from a client.</summary>
    public void CountReceived(IConnectionTransport transport, ReadOnlySequence<byte> bytes)
    {
        if (_metrics.CountsBytes)
            _metrics.BytesReceived(Definition.Name, transport.Kind, bytes.Length);
    }

    /// <summary>Counts the bytes that a transport has written in one run.</summary>
    public void CountSent(IConnectionTransport transport, long bytes) => _metrics.BytesSent(Definition.Name, transport.Kind, bytes);

    /// <summary>True while something listens to the durations of calls.</summary>
    public bool MeasuresCalls => _metrics.Calls.AreEnabled;

    /// <summary>Measures how long a message has waited until now.</summary>
    public void MeasureWait(InboundMessage message, long now)
    {
        if (message.ArrivedAt != 0)
            _metrics.Calls.Waited(Definition.Name, ActionOf(message), Clock.GetElapsedTime(message.ArrivedAt, now));
    }

    /// <summary>Measures a run until now.</summary>
    /// <param name="message">The message.</param>
    /// <param name="from">The start of the run.</param>
    /// <param name="outcome">The name of the error, or that of success.</param>
    public void MeasureRun(InboundMessage message, long from, string outcome) =>
        _metrics.Calls.Ran(Definition.Name, ActionOf(message), outcome, Clock.GetElapsedTime(from));

    /// <summary>Counts a connection that was closed because its client or its event handlers were too slow.</summary>
    public void CountOverflow() => _metrics.OutboxOverflowed(Definition.Name);

    /// <summary>Counts a stream that has begun (1) or whose run has ended (−1).</summary>
    public void CountStream(int change) => _metrics.Streams(Definition.Name, change);

    /// <summary>Counts a lane that has ended and is being restarted.</summary>
    public void CountLaneRestart() => _metrics.LaneRestarted(Definition.Name);

    /// <summary>Counts messages that were received from a client.</summary>
    public void CountReceived(int messages) => _metrics.Received(Definition.Name, messages);

    /// <summary>Logs that the transport of a connection has failed.</summary>
    public void LogEnded(Connection connection, string how) => _log.Ended(Definition.Name, connection.Id, how);

    /// <summary>Logs that the server closes a connection because of the behavior of its client.</summary>
    public void LogClosing(Connection connection, string reason) => _log.Closing(Definition.Name, connection.Id, reason);

    /// <summary>Logs an unexpected exception in the actor of a connection, after which the state of the actor is lost.</summary>
    public void LogConnectionFailure(Connection connection, Exception error) => _log.ConnectionFailed(Definition.Name, connection.Id, error);

    /// <summary>Logs that the subscriptions of a connection could not be evaluated or ended, so that the connection is closed instead.</summary>
    public void LogNotAuthorized(Connection connection, Exception error) => _log.NotAuthorized(Definition.Name, connection.Id, error);

    /// <summary>Logs an exception of a callback that user code registered with a cancellation token.</summary>
    public void LogCallbackFailure(string connectionId, Exception error) => _log.CancellationFailed(Definition.Name, connectionId, error);

    /// <summary>Logs that a client does not read the messages that wait for it.</summary>
    public void LogSlowConsumer(Connection connection, string reason) => _log.SlowConsumer(Definition.Name, connection.Id, reason);

    /// <summary>Logs that the event handlers of a connection are slower than their events.</summary>
    public void LogSlowHandlers(Connection connection) => _log.SlowHandlers(Definition.Name, connection.Id);

    /// <summary>Counts and logs an event that was dropped because channel middleware failed.</summary>
    public void LogMiddlewareFailure(Connection connection, OutboundMessageKind kind, Exception error)
    {
        _metrics.ChannelMiddlewareFailed(Definition.Name);
        _log.ChannelMiddlewareFailed(kind, Definition.Name, connection.Id, error);
    }

    /// <summary>Counts and logs an event that cannot be serialized after the channel middleware.</summary>
    public void LogEventNotEncoded(Connection connection, OutboundMessageKind kind, Exception error)
    {
        _metrics.ChannelMiddlewareFailed(Definition.Name);
        _log.EventNotEncoded(kind, Definition.Name, connection.Id, error);
    }

    /// <summary>Counts and logs a message that exceeded its deadline.</summary>
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

    /// <summary>Logs an exception from the disposal of the services of a call.</summary>
    public void LogServicesNotDisposed(string label, string connectionId, Exception error) => _log.ServicesNotDisposed(label, connectionId, error);

    /// <summary>Logs the failure of a message that has a reply: an unexpected error with its error id, an expected error with its name.</summary>
    public void LogFailure(InboundMessage message, in ErrorInfo info, Exception error)
    {
        var label = message.Action?.Label ?? "a message";
        Remember(label, message.Connection.Id, info);
        if (info.ErrorId is { } id)
            _log.Failed(label, message.Connection.Id, id, error);
        else
            _log.Refused(label, message.Connection.Id, info.Name, error);
    }

    /// <summary>Counts and logs the failure of a binary message.</summary>
    public void LogBinaryFailure(Connection connection, Exception error)
    {
        _metrics.BinaryFailed(Definition.Name);
        // A binary message has no reply, so the mistake of a client is only in the metric and here, as that of any other message.
        if (error is PikkuException refusal)
            _log.Refused("a binary message", connection.Id, refusal.Name, error);
        else
            _log.BinaryFailed(Definition.Name, connection.Id, error);
    }

    /// <summary>Counts and logs a message of another node that was dropped because the channel does not declare its type.</summary>
    public void LogUndeclared(Connection connection)
    {
        _metrics.Failed(Definition.Name, "UndeclaredMessage");
        _log.Undeclared(Definition.Name, connection.Id);
    }

    /// <summary>Logs the failure of an event handler that was subscribed with a callback.</summary>
    public void LogHandlerFailure(EventMessage message, Exception error) =>
        _log.EventHandlerFailed(message.Topic, message.Connection.Id, error);

    /// <summary>Warns that a function blocks its thread. Logs at most once a minute for each function, because many connections report the same function.</summary>
    public void WarnOfBlocking(InboundMessage message, TimeSpan blocked, long now)
    {
        if (!TryWarn(ref message.Action is { } action ? ref action.WarnedOfBlockingAt : ref _warnedOfHandlerAt, now))
            return;
        if (message.Action is { } blocking)
            _log.FunctionBlocks(blocking.Function.Name, blocking.Label, message.Connection.Id, blocked);
        else if (message is EventMessage handled)
            _log.HandlerBlocks(handled.Topic, message.Connection.Id, blocked);
    }

    // What the wiring names; a client can't add a value.
    private static string ActionOf(InboundMessage message) => message.Action?.Name ?? message.Label;

    // Only the policies that drop events need a delegate for each connection.
    private Action<int> DroppedOf(Connection connection) => Settings.Outbox.Overflow == OutboxOverflow.Close ? _countDropped : count =>
    {
        _countDropped(count);
        connection.NoteDropped();
    };

    private ErrorInfo CountDenied(Connection connection, string label, Exception error)
    {
        ErrorInfo info;
        using (connection.Ambient.Enter())
            info = _errors.For(error);
        try
        {
            _metrics.Failed(Definition.Name, info.Name);
            Remember(label, connection.Id, info);
            if (info.ErrorId is { } id)
                _log.Failed(label, connection.Id, id, error);
            else
                _log.Refused(label, connection.Id, info.Name, error);
        }
        catch (Exception)
        {
            // The client must be told even if a logger fails.
        }

        return info;
    }

    private void Remember(string label, string connectionId, in ErrorInfo info) =>
        _metrics.Errors.Add(new RecentError(Clock.GetUtcNow(), Definition.Name, label, connectionId, info.Name, info.ErrorId));

    private bool TryWarn(ref long warnedAt, long now)
    {
        var warned = Volatile.Read(ref warnedAt);
        return (warned == 0 || Clock.GetElapsedTime(warned, now) >= s_blockingWarningInterval)
            && Interlocked.CompareExchange(ref warnedAt, now, warned) == warned;
    }
}
