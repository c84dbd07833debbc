using System.Net.WebSockets;
using Akka.Actor;
using Pikku.Akka.Channels;
using Pikku.Akka.Connections;
using Pikku.Akka.Diagnostics;

namespace Pikku.Akka.WebSockets;

/// <summary>One upgraded socket from its first byte to its last.</summary>
internal sealed class SocketSession(ConnectionDirectory connections, PikkuLog log)
{
    private const int NoCloseFrame = 1006; // RFC 6455 §7.1.5

    /// <summary>
    /// Serves a socket until everything is over: 1. its actor is made, 2. messages are received until the client closes, breaks the
    /// protocol or vanishes, 3. what is in the outbox goes out, 4. the actor ends, <c>onDisconnect</c> included.
    /// </summary>
    /// <param name="socket">The framework's side of it, which reads.</param>
    /// <param name="stream">The connection under it.</param>
    /// <param name="channel">The channel's side of it.</param>
    /// <param name="abort">Cuts it off.</param>
    /// <param name="aborted">Fires when it is cut off.</param>
    public async Task RunAsync(WebSocket socket, SocketStream stream, LocalChannel channel, Action abort, CancellationToken aborted)
    {
        var settings = channel.Runtime.Settings.Connection;
        stream.Attach(channel);
        channel.AbortSocket = abort;
        var writer = new SocketWriter(stream.Connection, channel.Outbox, error => log.Ended(channel.Name, channel.Id, error.Message));
        channel.Outbox.AttachWriter(writer);

        var credit = new InboxCredit(settings);
        var opened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var parent = await connections.Parent;
        parent.Tell(new ConnectionProtocol.Open(channel, credit, opened, ended), ActorRefs.NoSender);
        await opened.Task.WaitAsync(settings.HandshakeTimeout, channel.Runtime.Clock, aborted);

        var code = await ReceiveAsync(socket, stream, channel, credit, aborted);
        // The answer to the client's close frame; nothing when we closed first.
        channel.EndOutput(AnswerTo(code), "");
        await FlushAsync(writer, channel, settings.CloseTimeout);
        channel.Owner.Tell(new ConnectionProtocol.SocketEnded(code), ActorRefs.NoSender);
        await ended.Task;
    }

    private async Task<int> ReceiveAsync(
        WebSocket socket, SocketStream stream, LocalChannel channel, InboxCredit credit, CancellationToken aborted)
    {
        try
        {
            return await new ReceiveLoop(socket, channel, credit).RunAsync(aborted);
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException or InvalidOperationException)
        {
            // The framework has answered a broken protocol with its close frame; anything else is a connection that vanished.
            log.Ended(channel.Name, channel.Id, e.Message);
            if (stream.CloseCodeSent == 0)
                channel.Outbox.Abandon();
            return stream.CloseCodeSent == 0 ? NoCloseFrame : stream.CloseCodeSent;
        }
    }

    private static async Task FlushAsync(SocketWriter writer, LocalChannel channel, TimeSpan timeout)
    {
        try
        {
            await writer.Done.WaitAsync(timeout, channel.Runtime.Clock);
        }
        catch (TimeoutException)
        {
            channel.AbortSocket();
        }
    }

    // RFC 6455 §5.5.1: the code is echoed, as far as it may stand in a frame at all.
    private static CloseCode AnswerTo(int code) => code is 1000 or 1001 ? CloseCode.Normal : Enum.IsDefined((CloseCode)code) ? (CloseCode)code : CloseCode.Normal;
}
