using Akka.Actor;
using Pikku.Akka.Channels;
using Pikku.Akka.Connections;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Dispatch;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.WebSockets;

/// <summary>Serves one upgraded socket from the first byte to the last.</summary>
internal sealed class SocketSession(ConnectionDirectory connections, DrainState drain, PikkuLog log)
{
    /// <summary>
    /// Serves a socket until the connection has ended: 1. its actor is created, 2. messages are received until the client closes, violates the protocol or
    /// disappears, 3. the outbox is flushed, 4. the actor ends, including <c>onDisconnect</c>.
    /// </summary>
    /// <param name="stream">The upgraded connection.</param>
    /// <param name="connection">The connection.</param>
    /// <param name="transport">Its transport.</param>
    /// <param name="aborted">Canceled when the request is aborted.</param>
    public async Task RunAsync(Stream stream, Connection connection, WebSocketTransport transport, CancellationToken aborted)
    {
        // The context of the caller is only for the user code of the connection. The code here belongs to the framework and must not keep it.
        AmbientContext.Clear();
        var settings = connection.Endpoint.Settings.Connection;
        var open = new ConnectionProtocol.Open(connection, NewSignal(), NewSignal());
        var code = CloseMessage.NoClose;
        try
        {
            if (!await TryOpenAsync(open))
                return;
            code = await ReceiveAsync(stream, open, aborted);
        }
        finally
        {
            // Answers the close frame of the client. Has no effect when the server has closed first.
            connection.EndOutput(AnswerTo(code), "");
            await FlushAsync(transport, connection, settings.CloseTimeout);
            await EndAsync(open, code);
            transport.Release();
        }
    }

    private async Task<bool> TryOpenAsync(ConnectionProtocol.Open open)
    {
        var connection = open.Connection;
        (await connections.Parent).Tell(open, ActorRefs.NoSender);
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

        // If the connection was accepted just before the drain started, the drain may have missed it.
        if (drain.IsDraining)
            connection.Mailbox.Tell(ConnectionProtocol.Drain.Instance);
        return true;
    }

    // Returns the close code of the client or of its violation; 1006 when the client disappeared.
    private async Task<int> ReceiveAsync(Stream stream, ConnectionProtocol.Open open, CancellationToken aborted)
    {
        var connection = open.Connection;
        var loop = new ReceiveLoop(stream, connection);
        var how = "without a close frame";
        try
        {
            await loop.RunAsync(aborted);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidOperationException)
        {
            how = e.Message;
        }

        if (loop.CloseCode == CloseMessage.NoClose)
        {
            log.Ended(connection.Name, connection.Id, how);
            connection.Outbox.Abandon();
        }

        return loop.CloseCode;
    }

    private async Task EndAsync(ConnectionProtocol.Open open, int code)
    {
        open.Connection.Mailbox.Tell(new ConnectionProtocol.SocketEnded(code));
        // If the actor is created later, it finds this message in its mailbox.
        if (!open.Opened.Task.IsCompleted)
            return;
        await open.Ended.Task;
        connections.Remove(open.Connection);
    }

    private static async Task FlushAsync(WebSocketTransport transport, Connection connection, TimeSpan timeout)
    {
        try
        {
            await transport.Done.WaitAsync(timeout, connection.Endpoint.Clock);
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
