using Akka.Actor;
using Pikku.Akka.Channels;
using Pikku.Akka.Connections;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Requests;

/// <summary>The begin and the end of a connection on any transport: its actor is created before the first message, and ends after the last one.</summary>
internal sealed class ConnectionSession(ConnectionDirectory connections, DrainState drain)
{
    /// <summary>The request for the actor of a connection.</summary>
    public static ConnectionProtocol.Open ActorOf(Connection connection) => new(connection, NewSignal(), NewSignal());

    /// <summary>The refusal of a request whose connection could not be opened.</summary>
    public RequestRefusal NotOpened() => RequestRefusal.Unavailable(drain.IsDraining ? "The node is going away." : "The node is overloaded.");

    /// <summary>Creates the actor.</summary>
    /// <returns>False when the node is going away or when the overloaded node needs too long; then the connection ends.</returns>
    public async Task<bool> TryOpenAsync(ConnectionProtocol.Open open)
    {
        var connection = open.Connection;
        var parent = await connections.Parent;
        // A drain may begin at any time. It first sets its state and then waits for the connections, so it either waits for this one or is noticed here.
        // If it is noticed here, it may already be complete, and then the actors that serve the connection are gone.
        connections.Add(connection);
        if (drain.IsDraining)
        {
            connections.Remove(connection);
            connection.EndOutput(CloseCode.GoingAway, connection.Endpoint.Settings.Shutdown.GoingAway());
            return false;
        }

        parent.Tell(open, ActorRefs.NoSender);
        try
        {
            // Not canceled when the client disconnects, because the actor is being created and has to be notified.
            await open.Opened.Task.WaitAsync(connection.Endpoint.Settings.Connection.HandshakeTimeout, connection.Endpoint.Clock);
        }
        catch (TimeoutException)
        {
            connection.EndOutput(CloseCode.TryAgainLater, "the node is overloaded");
            return false;
        }

        return true;
    }

    /// <summary>Ends a connection: flushes its outbox and then ends its actor, including <c>onDisconnect</c>.</summary>
    /// <param name="actor">The actor.</param>
    /// <param name="transport">The transport of the connection.</param>
    /// <param name="code">The close code of the client; 1006 when the client has disappeared.</param>
    public async Task EndAsync(ConnectionProtocol.Open actor, RequestTransport transport, int code)
    {
        actor.Connection.Outbox.Watch?.Ended(code, isByClient: actor.Connection.IsOpen);
        // Answers the close of the client. Has no effect when the server has closed first.
        actor.Connection.EndOutput(AnswerTo(code), "");
        await FlushAsync(transport, actor.Connection);
        actor.Connection.Mailbox.Tell(new ConnectionProtocol.SocketEnded(code));
        // If the actor is created later, it finds this message in its mailbox, and is in the directory until it has ended.
        if (actor.Opened.Task.IsCompleted)
            await actor.Ended.Task;
        connections.Remove(actor.Connection);
        transport.Release();
    }

    private static async Task FlushAsync(RequestTransport transport, Connection connection)
    {
        try
        {
            await transport.Done.WaitAsync(connection.Endpoint.Settings.Connection.CloseTimeout, connection.Endpoint.Clock);
        }
        catch (TimeoutException)
        {
            // Nothing may write to the connection after the request has completed.
            transport.Abort();
            connection.Outbox.Abandon();
            await transport.Done;
        }
    }

    // RFC 6455 §5.5.1: the code is echoed if it is allowed in a frame.
    private static CloseCode AnswerTo(int code) => code is CloseMessage.NoCode or CloseMessage.NoClose ? CloseCode.Normal : (CloseCode)code;

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
