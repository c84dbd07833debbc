using Akka.Actor;
using Pikku.Akka.Channels;
using Pikku.Akka.Connections;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Dispatch;

namespace Pikku.Akka.WebSockets;

/// <summary>One upgraded socket from its first byte to its last.</summary>
internal sealed class SocketSession(ConnectionDirectory connections, DrainState drain, PikkuLog log)
{
    private const int NoCloseFrame = 1006; // RFC 6455 §7.1.5
    private const int NoCode = 1005; // the same: a close frame without one

    /// <summary>
    /// Serves a socket until everything is over: 1. its actor is made, 2. messages are received until the client closes, breaks the
    /// protocol or vanishes, 3. what is in the outbox goes out, 4. the actor ends, <c>onDisconnect</c> included.
    /// </summary>
    /// <param name="stream">The upgraded connection.</param>
    /// <param name="channel">The connection as the channel sees it.</param>
    /// <param name="transport">Its transport.</param>
    /// <param name="aborted">Fires when it is cut off.</param>
    public async Task RunAsync(Stream stream, Connection channel, WebSocketTransport transport, CancellationToken aborted)
    {
        // The caller's context is the connection's, for its user code alone: what runs and waits here belongs to the framework.
        AmbientContext.Clear();
        var settings = channel.Endpoint.Settings.Connection;
        var open = new ConnectionProtocol.Open(channel, Signal(), Signal());
        var code = NoCloseFrame;
        try
        {
            if (!await TryOpenAsync(open))
                return;
            code = await ReceiveAsync(stream, open, aborted);
        }
        finally
        {
            // The answer to the client's close frame; nothing when we closed first.
            channel.EndOutput(AnswerTo(code), "");
            await FlushAsync(transport, channel, settings.CloseTimeout);
            await EndAsync(open, code);
            transport.Release();
        }
    }

    private async Task<bool> TryOpenAsync(ConnectionProtocol.Open open)
    {
        var channel = open.Connection;
        (await connections.Parent).Tell(open, ActorRefs.NoSender);
        try
        {
            // Not to be ended by a client that leaves: its actor is on the way and has to be told.
            await open.Opened.Task.WaitAsync(channel.Endpoint.Settings.Connection.HandshakeTimeout, channel.Endpoint.Clock);
        }
        catch (TimeoutException)
        {
            channel.EndOutput(CloseCode.TryAgainLater, "the node is overloaded");
            return false;
        }

        // Who was let in just before the drain began came too late to be told of it with the others.
        if (drain.IsDraining)
            channel.Mailbox.Tell(ConnectionProtocol.Drain.Instance);
        return true;
    }

    // The code of the client, or of what it broke; 1006 when it vanished.
    private async Task<int> ReceiveAsync(Stream stream, ConnectionProtocol.Open open, CancellationToken aborted)
    {
        var channel = open.Connection;
        var loop = new ReceiveLoop(stream, channel);
        var how = "without a close frame";
        try
        {
            await loop.RunAsync(aborted);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidOperationException)
        {
            how = e.Message;
        }

        if (loop.CloseCode == NoCloseFrame)
        {
            log.Ended(channel.Name, channel.Id, how);
            channel.Outbox.Abandon();
        }

        return loop.CloseCode;
    }

    private async Task EndAsync(ConnectionProtocol.Open open, int code)
    {
        open.Connection.Mailbox.Tell(new ConnectionProtocol.SocketEnded(code));
        // An actor that comes too late finds in its mailbox that the socket has gone.
        if (!open.Opened.Task.IsCompleted)
            return;
        await open.Ended.Task;
        connections.Remove(open.Connection);
    }

    private static async Task FlushAsync(WebSocketTransport transport, Connection channel, TimeSpan timeout)
    {
        try
        {
            await transport.Done.WaitAsync(timeout, channel.Endpoint.Clock);
        }
        catch (TimeoutException)
        {
            // Nothing may write to the connection once the request is over.
            transport.Abort();
            channel.Outbox.Abandon();
            await transport.Done;
        }
    }

    // RFC 6455 §5.5.1: the code is echoed, as far as it may stand in a frame at all.
    private static CloseCode AnswerTo(int code) => code is NoCode or NoCloseFrame ? CloseCode.Normal : (CloseCode)code;

    private static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
