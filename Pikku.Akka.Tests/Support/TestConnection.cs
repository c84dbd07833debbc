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

    /// <summary>Sets an actor that only sends the replies of its exchanges.</summary>
    public TestConnection OwnedBy(ActorSystem system)
    {
        Channel.Owner = system.ActorOf(Props.Create(() => new PostingOwner(Channel)));
        return this;
    }

    public Exchange Text(string text) => Frame(Encoding.UTF8.GetBytes(text), binary: false);

    public Exchange Binary(params byte[] bytes) => Frame(bytes, binary: true);

    /// <summary>Passes a message to the lane, like the actor of the connection.</summary>
    public Exchange Send(string text) => Send(Text(text));

    public Exchange Send(Exchange exchange)
    {
        exchange.StartedAt = Channel.Runtime.Clock.GetTimestamp();
        if (!Channel.Runtime.TryHandOver(exchange))
            InboundStages.Shed(exchange);
        return exchange;
    }

    /// <summary>The text of the next frame that the client receives.</summary>
    public Task<string> NextAsync() => Client.NextTextAsync();

    /// <summary>Sends a message and returns the text of the next frame.</summary>
    public Task<string> AskAsync(string text)
    {
        Send(text);
        return NextAsync();
    }

    private Exchange Frame(byte[] bytes, bool binary)
    {
        var rented = ArrayPool<byte>.Shared.Rent(bytes.Length);
        bytes.CopyTo(rented, 0);
        return Exchange.OfFrame(Channel, binary, rented, bytes.Length);
    }

    private sealed class PostingOwner(Connection channel) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is not ChannelProtocol.Completed { Exchange: var exchange })
                return;
            if (exchange.Outcome is { } outcome)
                channel.Post(outcome);
            exchange.ReleaseBuffer();
        }
    }
}
