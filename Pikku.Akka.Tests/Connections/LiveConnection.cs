using System.Buffers;
using System.Text;
using Akka.Actor;
using Pikku.Akka.Channels;
using Pikku.Akka.Connections;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Connections;

/// <summary>One connection with its actor and without a socket: the test is the client and everything between both.</summary>
internal sealed class LiveConnection
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ActorSystem _system;
    private readonly IActorRef _parent;
    private int _aborts;

    /// <param name="connect">Makes the connection on a transport.</param>
    /// <param name="system">The system of its actor.</param>
    /// <param name="parent">The parent of its actor.</param>
    /// <param name="stalled">True for a client that does not read.</param>
    public LiveConnection(Func<IConnectionTransport, Connection> connect, ActorSystem system, IActorRef parent, bool stalled)
    {
        Client = new RecordingTransport(stalled);
        Channel = connect(Client);
        _system = system;
        _parent = parent;
        Aborting = () => EndSocket(1006);
        Client.Aborting = () =>
        {
            Interlocked.Increment(ref _aborts);
            Aborting();
        };
    }

    public Connection Channel { get; }

    public InboxCredit Inbox => Channel.Inbox;

    /// <summary>What the client gets.</summary>
    public RecordingTransport Client { get; }

    /// <summary>Completes when everything is over.</summary>
    public Task Ended => _ended.Task;

    /// <summary>How often the socket was cut off.</summary>
    public int Aborts => Volatile.Read(ref _aborts);

    /// <summary>What a cut does; by default it ends the socket, as with a real one.</summary>
    public Action Aborting { get; set; }

    public async Task<LiveConnection> OpenAsync()
    {
        _parent.Tell(new ConnectionProtocol.Open(Channel, _opened, _ended), ActorRefs.NoSender);
        await _opened.Task.Soon();
        return this;
    }

    /// <summary>Sends text messages, all of them in one burst.</summary>
    public void Send(params string[] messages) => Send([.. messages.Select(m => Frame(Encoding.UTF8.GetBytes(m), binary: false))]);

    /// <summary>Sends a message and waits for what comes next.</summary>
    public Task<string> AskAsync(string message)
    {
        Send(message);
        return NextAsync();
    }

    public void SendBinary(params byte[] message) => Send([Frame(message, binary: true)]);

    /// <summary>Sends frames in one burst: text where it is JSON, binary where not.</summary>
    public void SendMixed(params byte[][] frames) => Send([.. frames.Select(frame => Frame(frame, binary: frame[0] != '{'))]);

    /// <summary>The next frame as text; a ping is <c>ping</c>.</summary>
    public Task<string> NextAsync() => Client.NextTextAsync();

    /// <summary>The next frames must be these.</summary>
    public async Task ExpectAsync(params string[] frames)
    {
        foreach (var frame in frames)
            Assert.Equal(frame, await NextAsync());
    }

    /// <summary>Nothing more has been sent once everything that was told to the actor so far has been done.</summary>
    public async Task ExpectNothingAsync()
    {
        await SettleAsync();
        Assert.Empty(Client.Unread());
    }

    /// <summary>Passes once the actor has done what it was told so far; also when there is no actor any more.</summary>
    public async Task SettleAsync()
    {
        if (Ended.IsCompleted)
            return;
        using var inbox = global::Akka.Actor.Inbox.Create(_system);
        Channel.Mailbox.Tell(new Identify(null), inbox.Receiver);
        await Task.WhenAny(Ended, inbox.ReceiveAsync(Patience.Long));
    }

    /// <summary>Passes once nothing is under way.</summary>
    public async Task WhenIdleAsync()
    {
        await SettleAsync();
        using var timeout = new CancellationTokenSource(Patience.Long);
        while (Channel.Activity.BusySince != 0)
        {
            timeout.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>Passes once nothing more can be sent, and the time that the close may take has begun to count.</summary>
    public async Task WhenClosingAsync()
    {
        using var timeout = new CancellationTokenSource(Patience.Long);
        while (Channel.Activity.ClosingSince == 0) // set behind IsOpen: a test that advances the clock in between would wait for ever
        {
            timeout.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>The socket ends.</summary>
    public void EndSocket(int code = 1000) => Channel.Mailbox.Tell(new ConnectionProtocol.SocketEnded(code));

    /// <summary>Makes the actor fail, as only a bug does: it is told of no event.</summary>
    public void FailActor() => Channel.Mailbox.Tell(new ChannelProtocol.HandleEvent(null!, null!));

    /// <summary>The socket ends, and then everything else.</summary>
    public async Task EndAsync(int code = 1000)
    {
        EndSocket(code);
        await Ended.Soon();
    }

    private void Send(ClientMessage[] burst)
    {
        for (var i = 1; i < burst.Length; i++)
            burst[i - 1].Next = burst[i];
        Channel.Mailbox.Tell(burst[0]);
    }

    private ClientMessage Frame(byte[] message, bool binary)
    {
        var rented = ArrayPool<byte>.Shared.Rent(message.Length);
        message.CopyTo(rented, 0);
        Inbox.TakeCredit(message.Length);
        return binary ? new BinaryMessage(Channel, rented, message.Length) : new TextMessage(Channel, rented, message.Length);
    }
}
