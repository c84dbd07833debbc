using System.Buffers;
using System.Text;
using Akka.Actor;
using Pikku.Akka.Channels;

namespace Pikku.Akka.Tests.Support;

/// <summary>A connection of a <see cref="TestNode"/> and its client. It has no actor unless the test sets one.</summary>
internal sealed class TestConnection
{
    public TestConnection(Func<IConnectionTransport, Connection> connect, bool stalled)
    {
        Client = new RecordingTransport(stalled);
        Channel = connect(Client);
    }

    public Connection Channel { get; }

    /// <summary>The messages that the client receives.</summary>
    public RecordingTransport Client { get; }

    /// <summary>Sets an actor that only releases messages that are over.</summary>
    public TestConnection OwnedBy(ActorSystem system)
    {
        Channel.Mailbox.Attach(system.ActorOf(Props.Create(() => new ReleasingOwner())));
        return this;
    }

    public ClientMessage Text(string text) => Frame(Encoding.UTF8.GetBytes(text), binary: false);

    public ClientMessage Binary(params byte[] bytes) => Frame(bytes, binary: true);

    /// <summary>Passes a message to the lane, like the actor of the connection.</summary>
    public ClientMessage Send(string text) => Send(Text(text));

    public TMessage Send<TMessage>(TMessage message)
        where TMessage : InboundMessage
    {
        var turn = new InboundTurn(message);
        turn.Start(Channel.Endpoint.Clock.GetTimestamp());
        if (!Channel.Endpoint.Inbound(Channel.Lane).TryAdd(turn))
            turn.RunWithoutLane();
        return message;
    }

    /// <summary>The text of the next frame that the client receives.</summary>
    public Task<string> NextAsync() => Client.NextTextAsync();

    /// <summary>Sends a message and returns the text of the next frame.</summary>
    public Task<string> AskAsync(string text)
    {
        Send(text);
        return NextAsync();
    }

    private ClientMessage Frame(byte[] bytes, bool binary)
    {
        var rented = ArrayPool<byte>.Shared.Rent(bytes.Length);
        bytes.CopyTo(rented, 0);
        return binary ? new BinaryMessage(Channel, rented, bytes.Length) : new TextMessage(Channel, rented, bytes.Length);
    }

    private sealed class ReleasingOwner : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is not InboundTurn turn)
                return;
            turn.ReadProgress();
            while (turn.TakeCompleted() is { } completed)
                completed.ReleaseBuffer();
        }
    }
}
