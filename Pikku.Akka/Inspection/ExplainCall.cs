using System.Security.Claims;
using Pikku.Akka.Channels;
using Pikku.Akka.Dispatch;
using Pikku.Akka.Functions;
using Pikku.Akka.Sessions;

namespace Pikku.Akka.Inspection;

/// <summary>
/// Asks the gates of an action or a topic as for a message, without a message: in services of its own, with a copy of the session. The code of permissions can change
/// neither the connection, nor the session, nor topics through it.
/// </summary>
internal sealed class ExplainCall : Invocation
{
    private readonly ChannelEndpoint _endpoint;
    private readonly Connection? _connection;
    private readonly IPikkuChannel _channel;

    /// <param name="endpoint">The channel.</param>
    /// <param name="connection">The connection; null when there is none.</param>
    /// <param name="session">A copy of the session.</param>
    /// <param name="action">The action.</param>
    /// <param name="data">The data of the message; empty for none.</param>
    /// <param name="topic">The topic; null for an action.</param>
    public ExplainCall(ChannelEndpoint endpoint, Connection? connection, SessionHolder session, BoundAction action, ReadOnlyMemory<byte> data, TopicCall? topic)
    {
        (_endpoint, _connection, Session, Action, Data, TopicCall) = (endpoint, connection, session, action, data, topic);
        _channel = new ExplainedChannel(endpoint, connection);
        SessionStore = new UnchangedSessions(endpoint.Sessions);
        EventHub = new UnchangedHub(endpoint.Hub);
    }

    public override IPikkuChannel Channel => _channel;

    public override ClaimsPrincipal? User => _connection?.User;

    public override SessionHolder Session { get; }

    public override IPikkuSessionStore SessionStore { get; }

    public override IEventHub EventHub { get; }

    public override object? OpeningData => _connection?.OpeningDataOrNull;

    public override bool IsChannelAllowed => _connection is not null && _endpoint.Definition.Permission is { } permission && permission.HasKept(_connection);

    public override string SpanName => "explain";

    protected override AmbientContext ConnectionContext => _connection?.Ambient ?? AmbientContext.None;

    /// <summary>Asks the gates. A refusal is thrown.</summary>
    public async Task RunAsync(GateWitness witness)
    {
        try
        {
            ValueTask asking;
            using (Ambient.Enter())
                asking = Action.ExplainAsync(this, witness);
            await asking.ConfigureAwait(false);
        }
        finally
        {
            if (CloseServices() is { } services)
                await DisposeAsync(services).ConfigureAwait(false);
        }
    }

    public override Invocation? Complete(bool isReadyForNext) => null;

    protected override InvocationServices NewServices() => _endpoint.NewCallServices();

    protected override void CancellationFailed(Exception error) => _connection?.CallbackFailed(error);
}
