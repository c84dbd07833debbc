using System.IO.Pipelines;
using Pikku.Akka.Channels;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Dispatch;
using Pikku.Akka.Protocol;
using Pikku.Akka.Requests;

namespace Pikku.Akka.WebSockets;

/// <summary>Serves one upgraded socket from the first byte to the last.</summary>
internal sealed class SocketSession(ConnectionSession session, PikkuLog log)
{
    /// <summary>
    /// Serves a socket until the connection has ended: 1. its actor is created, 2. messages are received until the client closes, violates the protocol or
    /// disappears, 3. the outbox is flushed, 4. the actor ends, including <c>onDisconnect</c>.
    /// </summary>
    /// <param name="input">The bytes of the client.</param>
    /// <param name="connection">The connection.</param>
    /// <param name="transport">Its transport.</param>
    /// <param name="aborted">Canceled when the request is aborted.</param>
    public async Task RunAsync(PipeReader input, Connection connection, WebSocketTransport transport, CancellationToken aborted)
    {
        // The context of the caller is only for the user code of the connection. The code here belongs to the framework and must not keep it.
        AmbientContext.Clear();
        var actor = ConnectionSession.ActorOf(connection);
        var code = CloseMessage.NoClose;
        try
        {
            if (await session.TryOpenAsync(actor))
                code = await ReceiveAsync(new ReceiveLoop(input, connection, transport.IsCompressing), connection, aborted);
        }
        finally
        {
            await session.EndAsync(actor, transport, code);
        }
    }

    // Returns the close code of the client or of its violation; 1006 when the client disappeared.
    private async Task<int> ReceiveAsync(ReceiveLoop loop, Connection connection, CancellationToken aborted)
    {
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
}
