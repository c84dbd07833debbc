using System.Buffers;
using System.Text;
using Akka.Actor;
using Pikku.Akka.Channels;
using Pikku.Akka.Connections;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Connections;

/// <summary>One connection with its actor and without a socket. The test acts as the client and as its transport.</summary>
internal sealed class LiveConnection
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConnectionDirectory _directory;
    private readonly ActorSystem _system;
    private readonly IActorRef _parent;
    private int _aborts;

    /// <param name="connect">Creates the connection on a transport.</param>
    /// <param name="directory">The connections of the node.</param>
    /// <param name="system">The actor system of its actor.</param>
    /// <param name="parent">The parent of its actor.</param>
    /// <param name="stalled">True for a client that does not read.</param>
    public LiveConnection(Func<IConnectionTransport, Connection> connect, ConnectionDirectory directory, ActorSystem system, IActorRef parent, bool stalled)
    {
        Client = new RecordingTransport(stalled);
        Channel = connect(Client);
        _directory = directory;
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

    /// <summary>Reads what the client receives.</summary>
    public RecordingTransport Client { get; }

    /// <summary>Completes when the connection has ended, including <c>onDisconnect</c>.</summary>
    public Task Ended => _ended.Task;

    /// <summary>The number of times that the socket was aborted.</summary>
    public int Aborts => Volatile.Read(ref _aborts);

    /// <summary>Called when the connection aborts its socket. By default the socket then ends, as a real one does.</summary>
    public Action Aborting { get; set; }

    public async Task<LiveConnection> OpenAsync()
    {
        // As for a request, the connection is known before its actor exists.
        _directory.Add(Channel);
        _parent.Tell(new ConnectionProtocol.Open(Channel, _opened, _ended), ActorRefs.NoSender);
        await _opened.Task.Soon();
        return this;
    }

    /// <summary>Sends text messages in one burst.</summary>
    public void Send(params string[] messages) => Send([.. messages.Select(m => Frame(Encoding.UTF8.GetBytes(m), binary: false))]);

    /// <summary>Sends a message and waits for the next frame.</summary>
    public Task<string> AskAsync(string message)
    {
        Send(message);
        return NextAsync();
    }

    public void SendBinary(params byte[] message) => Send([Frame(message, binary: true)]);

    /// <summary>Sends messages in one burst: JSON as text, and anything else as binary.</summary>
    public void SendMixed(params byte[][] frames) => Send([.. frames.Select(frame => Frame(frame, binary: frame[0] != '{'))]);

    /// <summary>Returns the next frame as text; a ping is <c>ping</c>.</summary>
    public Task<string> NextAsync() => Client.NextTextAsync();

    /// <summary>Asserts that the next frames are these.</summary>
    public async Task ExpectAsync(params string[] frames)
    {
        foreach (var frame in frames)
            Assert.Equal(frame, await NextAsync());
    }

    /// <summary>Asserts that nothing more is sent, after the actor has processed all messages that it has received so far.</summary>
    public async Task ExpectNothingAsync()
    {
        await SettleAsync();
        Assert.Empty(Client.Unread());
    }

    /// <summary>Waits until the actor has processed all messages that it has received so far. Returns at once when the actor has stopped.</summary>
    public async Task SettleAsync()
    {
        if (Ended.IsCompleted)
            return;
        using var inbox = global::Akka.Actor.Inbox.Create(_system);
        Channel.Mailbox.Tell(new Identify(null), inbox.Receiver);
        await Task.WhenAny(Ended, inbox.ReceiveAsync(Patience.Long));
    }

    /// <summary>Waits until no message runs.</summary>
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

    /// <summary>Waits until nothing more can be sent and the close timeout has started.</summary>
    public async Task WhenClosingAsync()
    {
        using var timeout = new CancellationTokenSource(Patience.Long);
        while (Channel.Activity.ClosingSince == 0) // set behind IsOpen: a test that advances the clock in between would wait for ever
        {
            timeout.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>Ends the socket.</summary>
    public void EndSocket(int code = 1000) => Channel.Mailbox.Tell(new ConnectionProtocol.SocketEnded(code));

    /// <summary>Makes the actor fail as only a bug could: with an event that is null.</summary>
    public void FailActor() => Channel.Mailbox.Tell(new ChannelProtocol.HandleEvent(null!, null!));

    /// <summary>Ends the socket, and waits until the connection has ended.</summary>
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
