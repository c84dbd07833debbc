using System.Security.Claims;
using Pikku.Akka.Dispatch;
using Pikku.Akka.Functions;
using Pikku.Akka.Sessions;

namespace Pikku.Akka.Channels;

/// <summary>A call on behalf of a connection, and the race to end it.</summary>
/// <remarks>
/// The run and the deadline race to end the call. Each transition is one compare-and-swap, so exactly one of them wins:
/// <code>
///   Running ───▶ Answering ─────▶ Disposing ──────▶ Settled
///   user code    its reply is     its services are    the reply is sent,
///    │ │         encoded          disposed of         the next one begins
///    │ │             │                 │
///    │ └─────────────┴─────────────────┴── its deadline ──▶ Settled
///    │               408                   the reply that is ready
///    └── its first item ──▶ Streaming ──▶ Settled: its end, or a cancellation (MessageStream)
/// </code>
/// A message that changes a subscription, or whose connection is being authorized, has a commit phase between its run and its reply: see
/// <see cref="MessageCommit"/>. It is still Running there, so its deadline may win.
/// User code runs in each of the first three states and may never return from any of them. The state Disposing is skipped when no services have to be disposed
/// of. A run that lost the race continues in the background: it sends no reply and touches nothing but its own services.
/// </remarks>
/// <param name="connection">The connection.</param>
internal abstract class ConnectionInvocation(Connection connection) : Invocation
{
    private const int Running = 0;
    private const int Answering = 1;
    private const int Disposing = 2;
    private const int Settled = 3;
    private const int Streaming = 4;

    private int _state = Running;

    public Connection Connection { get; } = connection;

    /// <summary>True when the reply is ready and only the disposal of the services is pending.</summary>
    public bool IsDisposing => Volatile.Read(ref _state) == Disposing;

    public override IPikkuChannel Channel => Connection;

    public override ClaimsPrincipal? User => Connection.User;

    public override bool IsChannelAllowed => Endpoint.Definition.Permission is { } permission && permission.HasKept(Connection);

    public override bool IsSpanOffered => IsOffered(Endpoint.Settings.Trace);

    public override SessionHolder Session => Connection.Session;

    public override IPikkuSessionStore SessionStore => Endpoint.Sessions;

    public override IEventHub EventHub => Endpoint.Hub;

    public override object? OpeningData => Connection.OpeningDataOrNull;

    protected ChannelEndpoint Endpoint => Connection.Endpoint;

    protected override AmbientContext ConnectionContext => Connection.Ambient;

    protected bool IsSettled => Volatile.Read(ref _state) == Settled;

    public override void KeepChannelAllowed(IPikkuSession? session) => Endpoint.Definition.Permission?.Keep(Connection, session);

    /// <summary>Claims the end of the call for its deadline.</summary>
    public Expiry Expire()
    {
        if (TryCancel())
            return Expiry.Unanswered;
        return TryEndDisposal() ? Expiry.Undisposed : Expiry.None;
    }

    /// <summary>Claims the end of the call because the client has cancelled it.</summary>
    /// <returns>False when its reply is ready, or when it is a stream (<see cref="MessageStream.TryEnd"/>).</returns>
    public bool TryCancel() => TryMove(Running, Settled) || TryMove(Answering, Settled);

    /// <summary>Claims the call for its stream, when its first item is about to be sent.</summary>
    /// <returns>False when the deadline or the client has ended the call.</returns>
    public bool TryBeginStream() => TryMove(Running, Streaming);

    /// <summary>Records that the stream has ended. Only the owner of its end calls this method.</summary>
    public void EndStream() => TryMove(Streaming, Settled);

    /// <summary>Claims the encoding of the reply for the run.</summary>
    protected bool TryBeginAnswer() => TryMove(Running, Answering);

    /// <summary>Claims the encoded reply for the run. If this transition succeeds, only the run touches the reply.</summary>
    protected bool TryEndAnswer() => TryMove(Answering, Settled);

    /// <summary>Records that only the disposal of the services is pending. The run has claimed the reply before.</summary>
    protected void BeginDisposal() => Volatile.Write(ref _state, Disposing);

    /// <summary>Claims the end of the disposal.</summary>
    protected bool TryEndDisposal() => TryMove(Disposing, Settled);

    protected override InvocationServices NewServices() => Endpoint.NewCallServices();

    protected override void CancellationFailed(Exception error) => Connection.CallbackFailed(error);

    private bool TryMove(int from, int to) => Interlocked.CompareExchange(ref _state, to, from) == from;
}
